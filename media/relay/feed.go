package relay

import (
	"context"
	"fmt"
	"time"

	"github.com/bluenviron/gortsplib/v4"
	"github.com/bluenviron/gortsplib/v4/pkg/description"
	"github.com/bluenviron/gortsplib/v4/pkg/format"
	"github.com/pion/rtp"

	"iocwall/media/flow"
	"iocwall/media/rtsp"
)

// payloadRoom is the most bytes of video in one packet: what the library sends at most (1472 bytes), less the header of
// RTP, what rtsp.Stamp adds and what encryption adds.
const payloadRoom = 1472 - 12 - rtsp.StampRoom - 10

// feed is what one upstream session serves: its description, its packetizer and the cached group of pictures.
type feed struct {
	up     *upstream
	track  rtsp.Track // Parameters are the newest
	media  *description.Media
	stream *gortsplib.ServerStream
	encode func([][]byte) ([]*rtp.Packet, error)
	base   uint32 // RTP time stamp of PTS 0
	steady steady
	delay  *flow.Delay
	late   time.Duration // of the newest unit

	// Under upstream.mu.
	gop      []cached
	gopBytes int
	packets  int  // in gop
	broken   bool // nothing can be started from the cache until the next key frame
}

// cached is one access unit ready to be sent.
type cached struct {
	packets []*rtp.Packet
	arrived time.Time
	even    time.Time     // arrival, evened out
	taken   time.Time     // by the camera's clock, zero if unknown
	waited  time.Duration // in the cache of another relay
	late    time.Duration // when it arrived
	lost    uint64        // packets missing before it
	size    int
	key     bool
}

func newFeed(u *upstream, t rtsp.Track) *feed {
	return &feed{up: u, track: t, broken: true, delay: flow.NewDelay(&u.stamps)}
}

// ready tells whether readers can be told what they will get: MJPEG needs nothing, the others their parameter sets.
func (f *feed) ready() bool { return f.track.Codec == rtsp.MJPEG || len(f.track.Parameters) > 0 }

// open makes the stream available to readers. Without parameter sets in the description it waits for those in-band.
func (f *feed) open(cancel context.CancelCauseFunc) {
	forma, encode, err := packetizer(f.track.Codec, f.track.Parameters)
	if err == nil {
		f.encode = encode
		f.media = &description.Media{Type: description.MediaTypeVideo, Formats: []format.Format{forma}}
		f.stream = &gortsplib.ServerStream{
			Server: f.up.relay.server, Desc: &description.Session{Title: f.up.cfg.camera, Medias: []*description.Media{f.media}},
		}
		err = f.stream.Initialize()
	}
	if err != nil {
		f.stream = nil
		cancel(fmt.Errorf("relay: serve camera %s: %w", f.up.cfg.camera, err))
		return
	}
	f.up.mu.Lock()
	defer f.up.mu.Unlock()
	if !f.up.leaving {
		f.up.feed = f
		close(f.up.ready)
	}
}

// close ends all readers of this feed.
func (f *feed) close() {
	u := f.up
	u.mu.Lock()
	if u.feed == f {
		u.feed = nil
		u.ready = make(chan struct{})
	}
	u.readers = map[*gortsplib.ServerSession]*reader{}
	u.health.Late = 0
	u.mu.Unlock()
	if f.stream != nil {
		f.stream.Close()
	}
}

// unit passes an access unit on to all readers and keeps it for those to come.
func (f *feed) unit(unit rtsp.Unit, cancel context.CancelCauseFunc) {
	var spent bool
	if f.late, spent = f.delay.Late(unit); spent {
		cancel(&rtsp.Error{
			Reason: rtsp.ReasonLate, Op: "read", URL: rtsp.Public(f.up.cfg.url),
			Detail: fmt.Sprintf("pictures come %v late; a new session begins without a queue", f.late.Round(time.Second)),
		})
	}
	changed, even := f.learn(unit), f.steady.even(unit.Arrived, unit.PTS)
	f.up.keep(f.track, unit)
	if f.stream == nil {
		if !unit.Key || !f.ready() {
			f.note(unit)
			return
		}
		if f.open(cancel); f.stream == nil {
			return
		}
	}
	packets, err := f.encode(f.complete(unit))
	if err != nil {
		f.note(unit)
		f.up.mu.Lock()
		f.forget()
		f.up.mu.Unlock()
		if unit.Key {
			cancel(&rtsp.Error{
				Reason: rtsp.ReasonUnsupported, Op: "serve", URL: rtsp.Public(f.up.cfg.url), Detail: rtsp.Redact(err.Error()),
			})
		}
		return
	}
	stamp := f.base + uint32(int64(unit.PTS)*90/int64(time.Millisecond))
	for _, p := range packets {
		p.Timestamp = stamp
	}
	c := cached{
		packets: packets, arrived: unit.Arrived, even: even, taken: unit.Taken, waited: unit.Behind, late: f.late,
		lost: unit.Lost, size: unit.Size, key: unit.Key,
	}
	u := f.up
	u.mu.Lock()
	defer u.mu.Unlock()
	f.noteLocked(unit)
	if changed && !unit.Key {
		// The description tells the new sets already; a group that began with the old ones must not be started from.
		f.forget()
	}
	f.keep(c)
	now := time.Now()
	for _, r := range u.readers {
		r.push(c, now)
	}
	u.pace()
}

// learn remembers parameter sets and, when they are new, tells the readers to come. It reports whether they are.
func (f *feed) learn(unit rtsp.Unit) bool {
	w, h := f.track.Width, f.track.Height
	changed := false
	if f.track.Codec == rtsp.MJPEG {
		w, h, _ = rtsp.Describe(rtsp.MJPEG, unit.NALUs)
	} else if sets := rtsp.MergeSets(f.track.Codec, f.track.Parameters, unit.NALUs); !same(sets, f.track.Parameters) {
		changed = len(f.track.Parameters) > 0
		f.track.Parameters = sets
		w, h, f.track.FPS = rtsp.Describe(f.track.Codec, sets)
		f.redescribe()
	}
	if w > 0 && (w != f.track.Width || h != f.track.Height) {
		f.track.Width, f.track.Height = w, h
		f.up.mu.Lock()
		f.up.health.Width, f.up.health.Height = w, h
		f.up.mu.Unlock()
	}
	return changed
}

// same reports whether two lists are one and the same, which is how rtsp.MergeSets says that nothing is new.
func same(a, b [][]byte) bool { return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0]) }

// redescribe puts the newest parameter sets into the description for readers to come.
func (f *feed) redescribe() {
	if f.media == nil {
		return
	}
	vps, sps, pps := rtsp.Sets(f.track.Codec, f.track.Parameters)
	switch forma := f.media.Formats[0].(type) {
	case *format.H264:
		forma.SafeSetParams(sps, pps)
	case *format.H265:
		forma.SafeSetParams(vps, sps, pps)
	}
}

// complete puts the known parameter sets before a key frame that lacks some, for cameras that send them only in the
// description, or in a unit of their own.
func (f *feed) complete(unit rtsp.Unit) [][]byte {
	if !unit.Key || f.track.Codec == rtsp.MJPEG {
		return unit.NALUs
	}
	inBand := 0
	for _, n := range unit.NALUs {
		if rtsp.IsParameterSet(f.track.Codec, n) {
			inBand++
		}
	}
	if inBand >= len(f.track.Parameters) {
		return unit.NALUs
	}
	out := append(make([][]byte, 0, len(f.track.Parameters)+len(unit.NALUs)), f.track.Parameters...)
	for _, n := range unit.NALUs {
		if !rtsp.IsParameterSet(f.track.Codec, n) {
			out = append(out, n)
		}
	}
	return out
}

// note tells the watchdogs about a unit.
func (f *feed) note(unit rtsp.Unit) {
	f.up.mu.Lock()
	defer f.up.mu.Unlock()
	f.noteLocked(unit)
}

func (f *feed) noteLocked(unit rtsp.Unit) {
	u := f.up
	u.watch.unit(unit.Arrived, unit.Key)
	u.watch.tardy.note(unit.Arrived, f.late)
	u.health.Late = f.late
	u.meter.Frame(unit.Arrived)
	if !unit.Taken.IsZero() {
		u.clock.Add(unit.Taken.Add(unit.Behind+f.late), unit.Arrived)
	}
}

// keep puts a unit into the cache: everything since the last key frame, unless it is too much or damaged.
func (f *feed) keep(c cached) {
	if c.key {
		f.gop, f.gopBytes, f.packets, f.broken = nil, 0, 0, false
	} else if c.lost > 0 {
		f.broken = true
	}
	f.gopBytes += c.size
	f.packets += len(c.packets)
	if f.broken || f.gopBytes > f.up.relay.opts.CacheBytes || f.packets > queuePackets*3/4 {
		f.forget()
		return
	}
	f.gop = append(f.gop, c)
}

// forget empties the cache until the next key frame.
func (f *feed) forget() { f.gop, f.broken = nil, true }

// packetizer returns the description and the RTP encoder for a codec.
func packetizer(codec rtsp.Codec, params [][]byte) (format.Format, func([][]byte) ([]*rtp.Packet, error), error) {
	switch codec {
	case rtsp.MJPEG:
		out := &format.MJPEG{}
		enc, err := out.CreateEncoder()
		if err != nil {
			return nil, nil, fmt.Errorf("packetise mjpeg: %w", err)
		}
		enc.PayloadMaxSize = payloadRoom
		return out, func(picture [][]byte) ([]*rtp.Packet, error) { return enc.Encode(picture[0]) }, nil
	case rtsp.H265:
		out := &format.H265{PayloadTyp: 96}
		out.VPS, out.SPS, out.PPS = rtsp.Sets(codec, params)
		enc, err := out.CreateEncoder()
		if err != nil {
			return nil, nil, fmt.Errorf("packetise h265: %w", err)
		}
		enc.PayloadMaxSize = payloadRoom
		return out, enc.Encode, nil
	}
	out := &format.H264{PayloadTyp: 96, PacketizationMode: 1}
	_, out.SPS, out.PPS = rtsp.Sets(codec, params)
	enc, err := out.CreateEncoder()
	if err != nil {
		return nil, nil, fmt.Errorf("packetise h264: %w", err)
	}
	enc.PayloadMaxSize = payloadRoom
	return out, enc.Encode, nil
}
