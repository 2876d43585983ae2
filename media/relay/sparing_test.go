package relay_test

import (
	"net"
	"sync"
	"testing"
	"time"

	"github.com/bluenviron/gortsplib/v4"
	"github.com/bluenviron/gortsplib/v4/pkg/base"
	"github.com/bluenviron/gortsplib/v4/pkg/description"
	"github.com/bluenviron/gortsplib/v4/pkg/format"

	"iocwall/media/relay"
	"iocwall/media/rtsp"
)

// sparing is a camera that makes a key frame for each new session and, once it is short of them, no others until the second
// one.
type sparing struct {
	stream *gortsplib.ServerStream
	mu     sync.Mutex
	plays  int
	key    bool
	short  bool
	lose   bool
}

func (s *sparing) OnDescribe(*gortsplib.ServerHandlerOnDescribeCtx) (*base.Response, *gortsplib.ServerStream, error) {
	return &base.Response{StatusCode: base.StatusOK}, s.stream, nil
}

func (s *sparing) OnSetup(*gortsplib.ServerHandlerOnSetupCtx) (*base.Response, *gortsplib.ServerStream, error) {
	return &base.Response{StatusCode: base.StatusOK}, s.stream, nil
}

func (s *sparing) OnPlay(*gortsplib.ServerHandlerOnPlayCtx) (*base.Response, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.plays++
	s.key = true
	if s.plays > 1 {
		s.short = false // a machine under load may be too slow for the only key frame, and a third session would be right
	}
	return &base.Response{StatusCode: base.StatusOK}, nil
}

func (s *sparing) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.plays
}

func newSparing(t *testing.T) (*sparing, string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &sparing{}
	server := &gortsplib.Server{Handler: s, RTSPAddress: l.Addr().String(), Listen: func(string, string) (net.Listener, error) { return l, nil }}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	sps := []byte{0x67, 0x42, 0xc0, 0x28, 0xd9, 0x00, 0x78, 0x02, 0x27, 0xe5, 0x84, 0x00, 0x00, 0x03, 0x00, 0x04, 0x00, 0x00, 0x03, 0x00, 0xf0, 0x3c, 0x60, 0xc9, 0x20}
	pps := []byte{0x08 | 0x60, 0x06, 0x07, 0x08}
	forma := &format.H264{PayloadTyp: 96, PacketizationMode: 1, SPS: sps, PPS: pps}
	media := &description.Media{Type: description.MediaTypeVideo, Formats: []format.Format{forma}}
	s.stream = &gortsplib.ServerStream{Server: server, Desc: &description.Session{Medias: []*description.Media{media}}}
	if err := s.stream.Initialize(); err != nil {
		t.Fatal(err)
	}
	enc, err := forma.CreateEncoder()
	if err != nil {
		t.Fatal(err)
	}
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(40 * time.Millisecond)
		defer tick.Stop()
		for n := 0; ; n++ {
			select {
			case <-stop:
				return
			case <-tick.C:
			}
			s.mu.Lock()
			key, lose := s.key || !s.short && n%25 == 0, s.lose
			s.key, s.lose = false, false
			s.mu.Unlock()
			unit := [][]byte{{0x41, 1, 2, 3, byte(n)}}
			if key {
				unit = [][]byte{sps, pps, {0x65, 1, 2, 3, byte(n)}}
			}
			packets, err := enc.Encode(unit)
			if err != nil {
				return
			}
			for _, p := range packets {
				p.Timestamp = uint32(n * 3600)
				if !lose {
					s.stream.WritePacketRTP(media, p) //nolint:errcheck // a reader that is gone
				}
			}
		}
	}()
	t.Cleanup(func() { close(stop); <-done; s.stream.Close(); server.Close() })
	return s, "rtsp://" + l.Addr().String() + "/cam"
}

// A camera that makes key frames for new sessions only gets a new one when pictures were lost or a reader waits for a
// first one, but not while all who read have pictures.
func TestASessionWithoutKeyFramesIsMadeAnew(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		lose   bool // a packet is lost
		cache  int  // bytes
		anew   bool
		second bool // somebody comes later
	}{
		{name: "after loss", lose: true, anew: true},
		{name: "somebody waits", cache: 300 /* two seconds */, second: true, anew: true},
		{name: "all have pictures", second: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			cam, url := newSparing(t)
			r := newRelay(t, relay.Options{CacheBytes: c.cache, Cameras: []relay.Camera{camera("c1", url)}})
			first := read(t, r.URL("c1", "main"), token("c1", time.Minute))
			await(t, "units", func() bool { return first.count() > 80 }) // a second between key frames is learnt
			cam.mu.Lock()
			cam.short, cam.lose = true, c.lose
			cam.mu.Unlock()
			began := time.Now()
			if c.second {
				time.Sleep(4 * time.Second)
				read(t, r.URL("c1", "main"), token("c1", time.Minute))
			}
			if !c.anew {
				await(t, "key frames to be overdue", func() bool { return health(r).Reason == rtsp.ReasonNoKeyFrame && time.Since(began) > 12*time.Second })
				if _, over := first.over(); over || cam.count() != 1 {
					t.Errorf("%d sessions, though nobody lacks a picture", cam.count())
				}
				return
			}
			await(t, "a new session", func() bool { return cam.count() > 1 })
			await(t, "a key frame for who comes then", func() bool {
				reader := read(t, r.URL("c1", "main"), token("c1", time.Minute))
				defer reader.stop()
				for until := time.Now().Add(time.Second); time.Now().Before(until); time.Sleep(5 * time.Millisecond) {
					if units := reader.snapshot(); len(units) > 0 && units[0].Key {
						return true
					}
				}
				return false
			})
			if n := cam.count(); n > 2 {
				t.Errorf("%d sessions", n)
			}
		})
	}
}
