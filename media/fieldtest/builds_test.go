package fieldtest

import (
	"context"
	"crypto/tls"
	"image"
	"net/url"
	"strings"
	"testing"
	"time"

	"iocwall/media"
	"iocwall/media/decode"
	"iocwall/media/mediatest"
	"iocwall/media/onvif"
	"iocwall/media/onvif/onviftest"
	"iocwall/media/relay"
	"iocwall/media/rtsp"
)

// oddBuilds: cameras that are built otherwise than the book says.
func oddBuilds() []field {
	stays := []step{well, {do: func(*stage) {}, tile: "live", hold: 3 * time.Second}}
	oneCertificate := func(s staging, pin func(*relay.Camera, *mediatest.Camera)) staging {
		s.relay.CameraTLS, s.config = &tls.Config{}, pin // nothing is trusted but what is pinned
		return s
	}
	door := func(d mediatest.Door) staging { return h264(func(o *mediatest.Options) { o.Door = d }) }
	return []field{
		{
			number: 14, name: "the declared rate is eight times the delivered one", report: "go2rtc, mediamtx",
			remedy:  "media and relay: the rhythm is learnt from arrivals, not from the parameter sets",
			staging: h264(func(o *mediatest.Options) { o.Pace = 3 }),
			script:  []step{well, {do: func(*stage) {}, tile: "live", hold: 5 * time.Second}}, connects: 1,
		},
		{
			number: 14, name: "B-frames", report: "go2rtc",
			remedy:  "decode: pictures come in the order of presentation; relay: time stamps are kept as they are",
			staging: h264(func(o *mediatest.Options) { o.BFrames = 2 }), script: stays, connects: 1,
		},
		{
			number: 14, name: "B-frames, H.265", report: "go2rtc",
			remedy:  "decode: pictures come in the order of presentation; relay: time stamps are kept as they are",
			staging: h265(func(o *mediatest.Options) { o.BFrames = 2 }), script: stays, connects: 1,
		},
		{
			number: 14, name: "another size in mid-stream", report: "go2rtc, mediamtx",
			remedy:  "relay: new parameter sets replace the old ones; decode: the scaler is made anew",
			staging: staging{camera: mediatest.Options{ClipOptions: small(rtsp.H264)}, then: image.Pt(480, 272)},
			script: []step{
				well,
				{fault: mediatest.FaultSwitch, do: size(480, 272), tile: "live", relay: "live", hold: time.Second},
				{do: func(s *stage) {
					s.fault(mediatest.FaultNone)
					size(320, 184)(s)
				}, tile: "live", relay: "live", hold: time.Second},
			},
			connects: 1,
		},
		{
			number: 14, name: "parameter sets in-band only", report: "go2rtc, mediamtx",
			remedy:  "relay: waits for parameter sets in the stream before it lets readers in",
			staging: h265(func(o *mediatest.Options) { o.Params = mediatest.ParamsInband }), script: stays, connects: 1,
		},
		{
			number: 14, name: "parameter sets in the description only", report: "go2rtc, mediamtx",
			remedy:  "relay: puts the known parameter sets before key frames",
			staging: h264(func(o *mediatest.Options) { o.Params = mediatest.ParamsSDP }), script: stays, connects: 1,
		},
		{
			number: 14, name: "Motion JPEG", report: "older cameras",
			remedy:  "rtsp, relay and decode: each unit is a whole picture",
			staging: staging{camera: mediatest.Options{ClipOptions: small(rtsp.MJPEG)}, blind: true},
			script:  stays, connects: 1,
		},
		{
			number: 14, name: "an empty description", report: "go2rtc",
			remedy:  "rtsp: it is named, and tried again after growing pauses",
			staging: h264(func(o *mediatest.Options) { o.Answer = mediatest.AnswerEmpty }),
			script: []step{{
				tile:  "no-signal (bad-stream) | no-signal (no-video)",
				relay: "no-signal (bad-stream) | no-signal (no-video)", hold: 2 * time.Second,
			}},
			connects: 5,
		},
		{
			number: 14, name: "a web page instead of a description", report: "go2rtc",
			remedy:   "rtsp: it is named, and tried again after growing pauses",
			staging:  h264(func(o *mediatest.Options) { o.Answer = mediatest.AnswerJunk }),
			script:   []step{{tile: "no-signal (bad-stream)", relay: "no-signal (bad-stream)", hold: 2 * time.Second}},
			connects: 5,
		},
		{
			number: 14, name: "Content-Base is missing", report: "go2rtc, mediamtx",
			remedy:  "rtsp: the address asked for stands in for it",
			staging: h264(func(o *mediatest.Options) { o.Answer = mediatest.AnswerNoBase }), script: []step{well}, connects: 1,
		},
		{
			number: 14, name: "Content-Base is a path", report: "go2rtc, mediamtx",
			remedy:  "rtsp: it is completed from the address asked for",
			staging: h264(func(o *mediatest.Options) { o.Answer = mediatest.AnswerRelativeBase }), script: []step{well}, connects: 1,
		},
		{
			number: 14, name: "digest with MD5", report: "most cameras",
			remedy:  "rtsp: answers the challenge that is made",
			staging: h264(func(o *mediatest.Options) { o.Auth = mediatest.AuthDigest }),
			script:  []step{well, {do: never("wrong logins", func(n mediatest.Counts) int { return n.Logins }, 0)}}, connects: 1,
		},
		{
			number: 14, name: "digest with SHA-256", report: "new cameras",
			remedy:  "rtsp: answers the challenge that is made",
			staging: h264(func(o *mediatest.Options) { o.Auth = mediatest.AuthDigestSHA256 }),
			script:  []step{well, {do: never("wrong logins", func(n mediatest.Counts) int { return n.Logins }, 0)}}, connects: 1,
		},
		{
			number: 14, name: "RTSP over TLS", report: "new cameras",
			remedy:  "relay: rtsps with the signers that are trusted",
			staging: door(mediatest.DoorTLS), script: []step{well}, connects: 1,
		},
		{
			number: 14, name: "RTSP over TLS with encrypted RTP", report: "new cameras",
			remedy:  "relay: rtsps with the signers that are trusted",
			staging: door(mediatest.DoorSRTP), script: []step{well}, connects: 1,
		},
		{
			number: 14, name: "RTSP over TLS, the certificate pinned", report: "new cameras sign for themselves",
			remedy: "rtsp: the pinned certificate is trusted and no other",
			staging: oneCertificate(door(mediatest.DoorTLS), func(c *relay.Camera, cam *mediatest.Camera) {
				c.Fingerprint = cam.Fingerprint()
			}),
			script: []step{well}, connects: 1,
		},
		{
			number: 14, name: "RTSP over TLS, the wrong certificate pinned", report: "somebody in between",
			remedy: "rtsp: the password is not given to an unknown certificate",
			staging: oneCertificate(door(mediatest.DoorTLS), func(c *relay.Camera, _ *mediatest.Camera) {
				c.Fingerprint = strings.Repeat("5a", 32)
			}),
			script: []step{
				{tile: "no-signal (untrusted)", relay: "no-signal (untrusted)", hold: time.Second},
				{do: never("requests", func(n mediatest.Counts) int { return n.Describes }, 0)},
			},
			connects: 5,
		},
	}
}

// size waits until tile and relay say that the camera sends pictures of this size.
func size(width, height int) func(*stage) {
	return func(s *stage) {
		await(s.t, "another size", func() bool {
			h := s.health()
			return s.player.Stats().Source == image.Pt(width, height) && h.Width == width && h.Height == height
		})
	}
}

// inAddress puts the login into an address, before the host and into the query.
func inAddress(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	u.User = url.UserPassword(user, pass)
	u.RawQuery = url.Values{"user": {user}, "password": {pass}}.Encode()
	return u.String()
}

// elsewhere are the faults that are not of the stream itself.
func elsewhere() []field {
	return []field{
		{
			number: 11, name: "the camera's clock is an hour off and its digests expire", report: "home-assistant/core 121952",
			remedy: "onvif: the camera's time is read first, and requests are signed with it",
			play:   digestByTheirClock,
		},
		{
			number: 12, name: "decoders of hardware give green pictures or none", report: "frigate 5535, astiav 109",
			remedy: "decode: a test of each device and codec by this process, software where it fails, and its name on the tile",
			play:   decoderIsTested,
		},
	}
}

// digestByTheirClock finds out about a camera by ONVIF and plays what it names.
func digestByTheirClock(t *testing.T) {
	cam := newCamera(t, mediatest.Options{User: user, Pass: pass, Digest: true})
	device := onviftest.New(onviftest.Options{
		User: user, Password: pass, Offset: time.Hour, MaxWrong: 2,
		Profiles: []onviftest.Profile{{
			Token: "p1", Name: "main", Encoding: "H264", Width: 320, Height: 184, FPS: 25, URI: cam.URL(),
		}},
	})
	addresses := make(chan string, 1)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- device.Run(ctx, func(a string) { addresses <- a }) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	d, err := onvif.New(onvif.Options{Address: <-addresses, User: user, Password: pass})
	if err != nil {
		t.Fatal(err)
	}
	survey, err := d.Survey(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if n := device.WrongLogins(); n > 0 {
		t.Errorf("%d wrong logins", n)
	}
	s := newRelayOnly(t, relay.Camera{
		ID: "c1", User: user, Pass: pass, Streams: []relay.Stream{{Name: "main", URL: survey.Channels[0].Main.URL}},
	}, nil)
	v := s.join(quickly, 320, 184)
	await(t, "the camera's picture", func() bool { return v.Stats().State == media.StateLive })
}

// decoderIsTested lets the self-test choose the decoder and looks for its name on the tile. That wrong pictures are
// seen is shown beside the self-test, with devices that lie.
func decoderIsTested(t *testing.T) {
	support := decode.SelfTest(t.Context(), decode.Options{Devices: []string{"vaapi:/nowhere"}})
	for _, c := range support.Codecs {
		if c.Uses != "software" || len(c.Refused) != 1 || c.Refused[0].Reason == "" {
			t.Errorf("%s uses %q, refused %+v", c.Codec, c.Uses, c.Refused)
		}
	}
	tested := decode.SelfTest(t.Context(), decode.Options{})
	o := h264(nil)
	o.decoder = tested.Factory()
	o.blind = tested.Uses(rtsp.H264) != "software" // hardware may round otherwise
	s := newStage(t, o)
	s.play(0, well)
	if st := s.player.Stats(); st.Decoder == "" || st.Decoder != tested.Uses(rtsp.H264) {
		t.Errorf("the tile says %q decodes, the test chose %q", st.Decoder, tested.Uses(rtsp.H264))
	}
}

// unwatched is a camera that nobody looks at: its health is known all the same.
func unwatched(t *testing.T) {
	cam := newCamera(t, mediatest.Options{User: user, Pass: pass})
	s := newRelayOnly(t, relay.Camera{
		ID: "c1", User: user, Pass: pass, ProbeEvery: 500 * time.Millisecond,
		Streams: []relay.Stream{{Name: "main", URL: cam.URL()}},
	}, nil)
	await(t, "a first look", func() bool {
		h := s.health()
		return !h.Probed.IsZero() && h.Probe == rtsp.ReasonNone && h.Codec == rtsp.H264 && h.Width == 320
	})
	if err := cam.SetFault(mediatest.FaultDown); err != nil {
		t.Fatal(err)
	}
	await(t, "the loss to be known", func() bool {
		h := s.health()
		return h.State == relay.StateNoSignal && (h.Reason == rtsp.ReasonUnreachable || h.Reason == rtsp.ReasonDisconnected)
	})
	if err := cam.SetFault(mediatest.FaultNone); err != nil {
		t.Fatal(err)
	}
	await(t, "the recovery to be known", func() bool { h := s.health(); return h.State == relay.StateIdle && h.Probe == rtsp.ReasonNone })
	if n := cam.Counts(); n.Peak > 1 {
		t.Errorf("%d sessions at once", n.Peak)
	}
}

// probedWhileWatched opens and closes a tile on a camera that has one place and is looked at all the time, on both of its
// streams.
func probedWhileWatched(t *testing.T) {
	cam := newCamera(t, mediatest.Options{User: user, Pass: pass, MaxSessions: 1, ClipOptions: mediatest.ClipOptions{
		Width: 320, Height: 184, FPS: 25, Length: 4 * time.Second, KeyEvery: 2 * time.Second,
	}})
	s := newRelayOnly(t, relay.Camera{
		ID: "c1", User: user, Pass: pass, ProbeEvery: 100 * time.Millisecond,
		Streams: []relay.Stream{{Name: "main", URL: cam.URL()}, {Name: "sub", URL: cam.URL()}},
	}, nil, func(o *relay.Options) { o.Linger = 300 * time.Millisecond })
	for range 2 {
		await(t, "a look at the other stream", func() bool { return cam.Counts().Playing == 1 })
		v := s.join(quickly, 320, 184)
		await(t, "the tile to be live", func() bool {
			st := v.Stats()
			if st.State == media.StateFull || st.Reason == rtsp.ReasonFull {
				t.Fatal("the tile found the camera's place taken")
			}
			return st.State == media.StateLive
		})
		v.Close()
		await(t, "the camera to be let go", func() bool { return cam.Counts().Playing == 0 })
	}
	if n := cam.Counts(); n.Peak > 1 {
		t.Errorf("%d sessions at once", n.Peak)
	}
}
