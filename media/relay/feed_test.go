package relay_test

import (
	"bytes"
	"context"
	"encoding/pem"
	"image/jpeg"
	"net"
	"testing"
	"time"

	"iocwall/media/mediatest"
	"iocwall/media/relay"
	"iocwall/media/rtsp"
)

// snapshot returns the units read so far.
func (r *reading) snapshot() []rtsp.Unit {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]rtsp.Unit(nil), r.units...)
}

// describe returns what the relay tells new readers of a stream.
func describe(t *testing.T, r *relay.Relay, camera string) rtsp.Track {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), guard)
	defer cancel()
	var track rtsp.Track
	rtsp.Play(ctx, rtsp.Options{URL: r.URL(camera, "main"), Pass: token("*", time.Minute), User: "x"}, rtsp.Handler{ //nolint:errcheck // ended by cancel
		OnTrack: func(tr rtsp.Track) { track = tr; cancel() },
		OnUnit:  func(rtsp.Unit) {},
	})
	return track
}

// Readers of a camera with long groups of pictures see one at once and are live long before the next group.
func TestReadersAreLiveSoon(t *testing.T) {
	t.Parallel()
	cam := newCamera(t, mediatest.Options{ClipOptions: mediatest.ClipOptions{
		FPS: 25, Length: 10 * time.Second, KeyEvery: 10 * time.Second, Counter: true,
	}, Start: 225}) // the next key frame comes after a second
	r := newRelay(t, relay.Options{Cameras: []relay.Camera{camera("c1", cam.URL())}})
	await(t, "part of a group", func() bool {
		h := health(r)
		return !h.LastKey.IsZero() && time.Since(h.LastKey) > 2*time.Second
	})
	key, began := health(r).LastKey, time.Now()
	reader := read(t, r.URL("c1", "main"), token("c1", time.Minute))
	live := rtsp.Unit{}
	await(t, "live", func() bool {
		for _, u := range reader.snapshot() {
			if u.Behind == 0 {
				live = u
				return true
			}
		}
		return false
	})
	first := reader.snapshot()[0]
	t.Logf("first picture after %v, live after %v", first.Arrived.Sub(began), live.Arrived.Sub(began))
	if !health(r).LastKey.Equal(key) {
		t.Error("the reader was live only with the next key frame")
	}
	if !first.Key || first.Behind == 0 {
		t.Errorf("the first unit is not the beginning of the group: %+v", first)
	}
}

// A reader that reads slower than the camera sends stays, and sees new pictures.
func TestASlowReaderStays(t *testing.T) {
	t.Parallel()
	cam := newCamera(t, mediatest.Options{ClipOptions: mediatest.ClipOptions{
		Codec: rtsp.MJPEG, Width: 1280, Height: 720, FPS: 25, Length: 2 * time.Second, KeyEvery: time.Second,
	}})
	r := newRelay(t, relay.Options{WriteTimeout: 3 * time.Second, Cameras: []relay.Camera{camera("c1", cam.URL())}})
	await(t, "live", func() bool { return health(r).State == relay.StateLive && health(r).Bitrate > 0 })
	conn, err := net.Dial("tcp", r.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	play(t, conn, r.URL("c1", "main"), token("c1", time.Minute), 64<<10)
	buf := make([]byte, 16<<10)
	deadline := time.Now().Add(guard)
	for health(r).Skipped < 20 {
		if time.Now().After(deadline) {
			t.Fatalf("nothing was left out: %+v", health(r))
		}
		if _, err := conn.Read(buf); err != nil {
			t.Fatalf("the slow reader was cut off: %v", err)
		}
		time.Sleep(50 * time.Millisecond) // 320 kB a second, half of what the camera sends
	}
	if h := health(r); h.Slow != 0 || h.Readers != 1 {
		t.Errorf("%+v", h)
	}
}

func TestParameterSetsChangeOnTheWay(t *testing.T) {
	t.Parallel()
	for _, codec := range []rtsp.Codec{rtsp.H264, rtsp.H265} {
		for _, where := range []string{mediatest.ParamsBoth, mediatest.ParamsInband} {
			t.Run(string(codec)+" "+where, func(t *testing.T) {
				t.Parallel()
				clip := mediatest.ClipOptions{Codec: codec, FPS: 25, Length: 2 * time.Second, KeyEvery: time.Second}
				first, err := mediatest.NewClip(t.Context(), clip)
				if err != nil {
					t.Skip(err)
				}
				clip.Width, clip.Height = 320, 240
				then, err := mediatest.NewClip(t.Context(), clip)
				if err != nil {
					t.Fatal(err)
				}
				cam := newCamera(t, mediatest.Options{Clip: first, Then: then, Params: where, ClipOptions: clip})
				r := newRelay(t, relay.Options{Cameras: []relay.Camera{camera("c1", cam.URL())}})
				reader := read(t, r.URL("c1", "main"), token("c1", time.Minute))
				await(t, "units", func() bool { return reader.count() > 5 })
				if tr := describe(t, r, "c1"); tr.Width != 640 || health(r).Width != 640 {
					t.Errorf("before: %d wide, health says %d", tr.Width, health(r).Width)
				}
				if err := cam.SetFault(mediatest.FaultSwitch); err != nil {
					t.Fatal(err)
				}
				await(t, "the new size", func() bool { return health(r).Width == 320 })
				if tr := describe(t, r, "c1"); tr.Width != 320 || tr.Height != 240 {
					t.Errorf("new readers are told %d×%d", tr.Width, tr.Height)
				}
				late := read(t, r.URL("c1", "main"), token("c1", time.Minute))
				await(t, "units of the late reader", func() bool { return late.count() > 30 })
				units := late.snapshot()
				for i, u := range units {
					if w, _, _ := rtsp.Describe(codec, u.NALUs); i == 0 && w != 320 || w != 0 && w != 320 {
						t.Errorf("unit %d: key %v, sets of a picture %d wide", i, u.Key, w)
					}
				}
				if _, over := reader.over(); over || cam.Counts().Sessions != 1 {
					t.Error("somebody was disconnected")
				}
			})
		}
	}
}

// Whoever joins gets the parameter sets before the first picture, wherever the camera sends them.
func TestEachReaderGetsTheParameterSets(t *testing.T) {
	t.Parallel()
	for _, codec := range []rtsp.Codec{rtsp.H264, rtsp.H265} {
		for _, where := range []string{mediatest.ParamsBoth, mediatest.ParamsSDP, mediatest.ParamsInband} {
			t.Run(string(codec)+" "+where, func(t *testing.T) {
				t.Parallel()
				cam := newCamera(t, mediatest.Options{Params: where, ClipOptions: mediatest.ClipOptions{
					Codec: codec, FPS: 25, Length: 4 * time.Second, KeyEvery: time.Second, Counter: true,
				}})
				r := newRelay(t, relay.Options{Cameras: []relay.Camera{camera("c1", cam.URL())}})
				await(t, "a key frame", func() bool { return health(r).State == relay.StateLive })
				reader := read(t, r.URL("c1", "main"), token("c1", time.Minute))
				await(t, "units", func() bool { return reader.count() > 60 })
				for i, u := range reader.snapshot() {
					vps, sps, pps := rtsp.Sets(codec, u.NALUs)
					whole := sps != nil && pps != nil && (vps != nil || codec == rtsp.H264)
					if i == 0 && !u.Key || u.Key && !whole {
						t.Fatalf("unit %d: key %v, sets %v %v %v", i, u.Key, vps, sps, pps)
					}
					sets := 0
					for _, n := range u.NALUs {
						if rtsp.IsParameterSet(codec, n) {
							sets++
						}
					}
					if sets > 3 {
						t.Fatalf("unit %d has %d parameter sets", i, sets)
					}
				}
				if tr := describe(t, r, "c1"); tr.Width != 640 {
					t.Errorf("readers are told %+v", tr)
				}
			})
		}
	}
}

func TestMJPEGPassesThrough(t *testing.T) {
	t.Parallel()
	cam := newCamera(t, mediatest.Options{ClipOptions: mediatest.ClipOptions{
		Codec: rtsp.MJPEG, FPS: 10, Length: 2 * time.Second, KeyEvery: time.Second, Counter: true,
	}})
	r := newRelay(t, relay.Options{Cameras: []relay.Camera{camera("c1", cam.URL())}})
	reader := read(t, r.URL("c1", "main"), token("c1", time.Minute))
	await(t, "pictures", func() bool { return reader.count() > 10 })
	for i, u := range reader.snapshot() {
		c, err := jpeg.DecodeConfig(bytes.NewReader(u.NALUs[0]))
		if err != nil || !u.Key || len(u.NALUs) != 1 || c.Width != 640 || u.Lost != 0 {
			t.Fatalf("unit %d: key %v, %+v, %v", i, u.Key, c, err)
		}
	}
	if h := health(r); h.Codec != rtsp.MJPEG || h.Width != 640 || h.Height != 360 || h.State != relay.StateLive {
		t.Errorf("%+v", h)
	}
}

// B-frames come in the order of decoding; nothing is lost, and the times are those of the camera.
func TestBFramesPassThrough(t *testing.T) {
	t.Parallel()
	cam := newCamera(t, mediatest.Options{ClipOptions: mediatest.ClipOptions{
		FPS: 25, Length: 4 * time.Second, KeyEvery: time.Second, BFrames: 2,
	}})
	r := newRelay(t, relay.Options{Cameras: []relay.Camera{camera("c1", cam.URL())}})
	var direct reading
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go rtsp.Play(ctx, rtsp.Options{URL: cam.URL()}, rtsp.Handler{OnUnit: func(u rtsp.Unit) { //nolint:errcheck // ended by cancel
		direct.mu.Lock()
		defer direct.mu.Unlock()
		direct.units = append(direct.units, u)
	}})
	reader := read(t, r.URL("c1", "main"), token("c1", time.Minute))
	await(t, "units", func() bool { return reader.count() > 80 && direct.count() > 80 })
	steps := func(units []rtsp.Unit) map[time.Duration]int {
		out := map[time.Duration]int{}
		for i := 1; i < len(units); i++ {
			out[(units[i].PTS-units[i-1].PTS).Round(time.Millisecond)]++
			if units[i].Lost != 0 {
				t.Fatalf("unit %d: %d packets lost", i, units[i].Lost)
			}
		}
		return out
	}
	want, got := steps(direct.snapshot()), steps(reader.snapshot())
	back := 0
	for d := range want {
		if d < 0 {
			back++
		}
		if got[d] == 0 {
			t.Errorf("steps of %v do not occur behind the relay: %v, want %v", d, got, want)
		}
	}
	if back == 0 {
		t.Errorf("the camera sends no B-frames: %v", want)
	}
	if h := health(r); h.State != relay.StateLive || h.Loss != 0 {
		t.Errorf("%+v", h)
	}
}

// The camera's own time is known behind the relay, and in health how far its clock is off.
func TestTheCamerasTimePassesThrough(t *testing.T) {
	t.Parallel()
	const off = -3 * time.Hour
	cam := newCamera(t, mediatest.Options{ReportEvery: 100 * time.Millisecond, ClockOffset: off})
	mute := newCamera(t, mediatest.Options{ReportEvery: -1, Start: 3})
	r := newRelay(t, relay.Options{Cameras: []relay.Camera{camera("c1", cam.URL()), camera("c2", mute.URL())}})
	reader, other := read(t, r.URL("c1", "main"), token("*", time.Minute)), read(t, r.URL("c2", "main"), token("*", time.Minute))
	last := func(r *reading) rtsp.Unit { u := r.snapshot(); return u[len(u)-1] }
	await(t, "units", func() bool { return reader.count() > 20 && other.count() > 20 })
	await(t, "the time", func() bool { return !last(reader).Taken.IsZero() })
	u := last(reader)
	if d := u.Taken.Sub(u.Arrived) - off; d.Abs() > 2*time.Second {
		t.Errorf("taken %v from the time it should be", d)
	}
	all := r.Health()
	if h := all[0]; !h.ClockKnown || (h.ClockOffset-off).Abs() > time.Second {
		t.Errorf("%v, %v", h.ClockOffset, h.ClockKnown)
	}
	if !last(other).Taken.IsZero() || all[1].ClockKnown {
		t.Error("a camera that tells no time has one")
	}
}

func TestSecureCameras(t *testing.T) {
	t.Parallel()
	for _, door := range []mediatest.Door{mediatest.DoorTLS, mediatest.DoorSRTP} {
		cam := newCamera(t, mediatest.Options{Door: door})
		pinned, wrong, unknown := camera("pinned", cam.URL()), camera("wrong", cam.URL()), camera("unknown", cam.URL())
		pinned.Fingerprint, wrong.Fingerprint = cam.Fingerprint(), "00"+cam.Fingerprint()[2:]
		r := newRelay(t, relay.Options{Cameras: []relay.Camera{pinned, wrong, unknown}})
		reader := read(t, r.URL("pinned", "main"), token("*", time.Minute))
		await(t, "units", func() bool { return reader.count() > 5 })
		untrusted := func() int {
			n := 0
			for _, h := range r.Health() {
				if h.State == relay.StateNoSignal && h.Reason == rtsp.ReasonUntrusted {
					n++
				}
			}
			return n
		}
		await(t, "two that are not trusted", func() bool { return untrusted() == 2 })
	}
}

func TestTheListIsChecked(t *testing.T) {
	t.Parallel()
	good := camera("c1", "rtsps://cam/x")
	junk, short, carrier := good, good, good
	junk.CA, short.Fingerprint, carrier.Transport = "-----BEGIN", "abc", "pigeon"
	noCertificate := good
	noCertificate.CA = string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte("x")}))
	for _, c := range []relay.Camera{junk, short, carrier, noCertificate} {
		if _, err := relay.New(relay.Options{Addr: "127.0.0.1:0", Signer: signer, Cameras: []relay.Camera{c}}); err == nil {
			t.Errorf("%+v was accepted", c)
		}
	}
}
