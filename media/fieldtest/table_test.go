package fieldtest

import (
	"fmt"
	"slices"
	"time"

	"iocwall/media"
	"iocwall/media/mediatest"
	"iocwall/media/relay"
	"iocwall/media/rtsp"
)

// faults is the table of what cameras in the field do, by what goes wrong.
func faults() []field {
	return slices.Concat(deadPictures(), lostCameras(), damagedPictures(), unmadePictures(), closedDoors(), lateness(), oddBuilds(), elsewhere())
}

// h264 are the options of a camera that differs from the usual one.
func h264(change func(*mediatest.Options)) staging {
	o := mediatest.Options{ClipOptions: small(rtsp.H264)}
	if change != nil {
		change(&o)
	}
	return staging{camera: o}
}

// h265 is the same with the newer codec.
func h265(change func(*mediatest.Options)) staging {
	o := mediatest.Options{ClipOptions: small(rtsp.H265)}
	if change != nil {
		change(&o)
	}
	return staging{camera: o}
}

// deadPictures: a dead picture stays up unnoticed.
func deadPictures() []field {
	return []field{
		{
			number: 1, name: "packets stop, the connection stays", report: "go2rtc 574",
			remedy:  "media: the watchdog of packets; relay: silence ends the session",
			staging: h264(nil),
			script: []step{
				well,
				{fault: mediatest.FaultSilent, tile: "no-signal (no-packets)", within: dead, relay: "no-signal (no-packets)", hold: time.Second},
				healed(8 * time.Second),
			},
		},
		{
			number: 1, name: "the video is dead, sound and reports and keep-alives go on", report: "go2rtc 574, 1847",
			remedy:  "rtsp.Play sets up the video alone, and the watchdogs count its packets alone",
			staging: h264(func(o *mediatest.Options) { o.Audio, o.ReportEvery = true, 100*time.Millisecond }),
			script: []step{
				well,
				{fault: mediatest.FaultVideoDead, tile: "no-signal (no-packets)", within: dead, relay: "no-signal (no-packets)", hold: time.Second},
				healed(8 * time.Second),
			},
		},
		{
			number: 1, name: "the picture freezes, all else goes on", report: "go2rtc 574",
			remedy:  "media: the watchdog of changed pictures",
			staging: h264(nil),
			script: []step{
				well,
				{fault: mediatest.FaultFreeze, tile: "frozen (unchanged)", within: 13 * time.Second, relay: "live", hold: 2 * time.Second},
				healed(2 * time.Second),
			},
			connects: 1,
		},
		{
			number: 1, name: "a quiet night with noise is no fault", report: "go2rtc 574, seen from the other side",
			remedy: "media: pictures are compared by a print of all their brightness",
			staging: staging{blind: true, camera: mediatest.Options{ClipOptions: mediatest.ClipOptions{
				Scene: mediatest.Still, Width: 320, Height: 184, FPS: 12, Length: 10 * time.Second, KeyEvery: 2 * time.Second,
			}}},
			script: []step{
				well,
				{tile: "live", do: func(*stage) {}, hold: 30 * time.Second},
			},
			connects: 1,
		},
		{
			number: 1, name: "a picture without noise says how long it has been the same", report: "go2rtc 574",
			remedy: "media: Stats.Unchanged, and frozen from 10 s on while nothing else was learnt",
			staging: staging{blind: true, camera: mediatest.Options{ClipOptions: mediatest.ClipOptions{
				Scene: mediatest.Calm, Width: 320, Height: 184, FPS: 12, Length: 10 * time.Second, KeyEvery: 2 * time.Second,
			}}},
			script: []step{
				well,
				{do: func(s *stage) {
					await(s.t, "five seconds of the same", func() bool { return s.player.Stats().Unchanged > 5*time.Second })
				}, tile: "live"},
				{tile: "frozen (unchanged)", within: 13 * time.Second, relay: "live"},
			},
			connects: 1,
		},
	}
}

// lostCameras: no recovery until somebody restarts something.
func lostCameras() []field {
	const away = "no-signal (unreachable) | no-signal (disconnected)"
	return []field{
		{
			number: 2, name: "the processor hangs: connections are taken and never answered", report: "go2rtc 762, 1389",
			remedy:  "rtsp: a time limit on every request; relay: a new attempt after it",
			staging: staging{relay: relay.Options{Timeout: 1500 * time.Millisecond, Stall: 2 * time.Second}},
			script: []step{
				well,
				{fault: mediatest.FaultHang, tile: "no-signal", within: dead, relay: "no-signal", hold: 6 * time.Second},
				healed(8 * time.Second),
			},
			connects: 5,
		},
		{
			number: 2, name: "the camera is unplugged and comes back", report: "go2rtc 762",
			remedy:  "relay: attempts never end",
			staging: h264(nil),
			script: []step{
				well,
				{fault: mediatest.FaultDown, tile: away, within: dead, relay: away, hold: 2 * time.Second},
				healed(4 * time.Second),
			},
			connects: 5,
		},
		{
			number: 2, name: "the camera comes back with sound only", report: "go2rtc 1847",
			remedy:  "rtsp.Play takes the video track or none",
			staging: h264(func(o *mediatest.Options) { o.Audio = true }),
			script: []step{
				well,
				{fault: mediatest.FaultAudioOnly, tile: "no-signal (no-video)", within: 4 * time.Second, relay: "no-signal (no-video)", hold: 2 * time.Second},
				healed(4 * time.Second),
			},
			connects: 5,
		},
		{
			number: 2, name: "a camera that nobody watches is lost, and that is known", report: "go2rtc 1389",
			remedy: "relay: cameras that nobody watches are looked at now and then",
			play:   unwatched,
		},
		{
			number: 7, name: "every session is reset at once", report: "mediamtx 4678",
			remedy:  "relay: growing pauses with chance in them, not made short by a short session",
			staging: staging{backoff: rtsp.Backoff{Min: 500 * time.Millisecond, Max: 4 * time.Second}},
			script: []step{
				well,
				{fault: mediatest.FaultStorm, hold: 10 * time.Second},
				healed(8 * time.Second),
			},
			connects: 5,
		},
	}
}

// damagedPictures: grey or smeared pictures until the next key frame. What is shown is compared all the time.
func damagedPictures() []field {
	udp := func(o *mediatest.Options) { o.UDP = true }
	overUDP := func(s staging) staging {
		s.config = func(c *relay.Camera, _ *mediatest.Camera) { c.Transport = rtsp.TransportUDP }
		return s
	}
	lossy := []step{well, {fault: mediatest.FaultLoss, hold: 6 * time.Second}, healed(3 * time.Second)}
	return []field{
		{
			number: 3, name: "grey mush after loss, H.264", report: "mediamtx 180, 1327",
			remedy: "media: nothing is decoded after loss until a key frame", staging: h264(nil), script: lossy,
		},
		{
			number: 3, name: "grey mush after loss, H.265", report: "mediamtx 180, 1327",
			remedy: "media: nothing is decoded after loss until a key frame", staging: h265(nil), script: lossy,
		},
		{
			number: 3, name: "key frames are lost whole", report: "mediamtx 180",
			remedy:  "relay: loss is handed on as a gap; media: loss makes it wait for a key frame, and say so",
			staging: h264(nil),
			script: []step{
				well,
				{fault: mediatest.FaultKeyLost, tile: "frozen (no-key-frame)", within: dead + time.Second, hold: 2 * time.Second},
				healed(3 * time.Second),
			},
			connects: 1,
		},
		{
			number: 3, name: "units that do not decode", report: "mediamtx 1327",
			remedy:  "media: the watchdog of decoded pictures",
			staging: h264(nil),
			script: []step{
				well,
				{
					fault: mediatest.FaultGarbage, within: dead + time.Second, hold: time.Second,
					tile: "frozen (decoder-errors) | frozen (no-units) | frozen (no-key-frame) | no-signal (no-units)",
				},
				healed(8 * time.Second),
			},
		},
		{
			number: 4, name: "loss over UDP", report: "cameras on radio links",
			remedy:  "rtsp: packets are counted by number; media: nothing is decoded after loss until a key frame",
			staging: overUDP(h264(udp)),
			script:  lossy,
		},
		{
			number: 4, name: "a little loss over UDP does not stop the picture", report: "cameras on radio links",
			remedy:  "rtsp: a missing packet is waited for by time, not by number",
			staging: overUDP(h264(udp)),
			script: []step{
				well,
				{fault: mediatest.FaultLoss, do: func(s *stage) { s.cam.SetLoss(0.01) }, tile: "live", relay: "live", hold: 8 * time.Second},
			},
			connects: 1,
		},
		{
			number: 4, name: "packets overtake each other over UDP", report: "cameras on radio links",
			remedy:  "rtsp: packets are put in order again before they count as lost",
			staging: overUDP(h264(udp)),
			script: []step{
				well,
				{fault: mediatest.FaultReorder, tile: "live", hold: 3 * time.Second},
				{do: func(s *stage) {
					if st := s.player.Stats(); st.Lost > 0 {
						s.t.Errorf("%d packets count as lost", st.Lost)
					}
				}},
			},
			connects: 1,
		},
		{
			number: 4, name: "a camera that speaks UDP alone", report: "older cameras",
			remedy: "rtsp: with the transport auto a refusal of TCP leads to UDP",
			staging: func() staging {
				s := h264(func(o *mediatest.Options) { o.UDP, o.NoTCP = true, true })
				s.config = func(c *relay.Camera, _ *mediatest.Camera) { c.Transport = rtsp.TransportAuto }
				return s
			}(),
			script:   []step{well},
			connects: 2,
		},
	}
}

// unmadePictures: what a camera short of time or memory does not make before it numbers its packets, so that no number
// tells. The pictures are as large as those of cameras, several packets each.
func unmadePictures() []field {
	var fields []field
	for codec, with := range map[string]func(func(*mediatest.Options)) staging{"H.264": h264, "H.265": h265} {
		s := with(func(o *mediatest.Options) { o.Width, o.Height, o.Quality = 640, 360, 16 })
		for _, f := range []field{
			{
				name: "units end in the middle", remedy: "decode: what libavcodec had to conceal, or left undecoded, is refused",
				script: []step{well, {fault: mediatest.FaultCut, hold: 6 * time.Second}, healed(3 * time.Second)},
			},
			{
				name: "packets at the end of units are not made", remedy: "rtsp: a fragment that is not gone on with counts as loss",
				script: []step{well, {fault: mediatest.FaultTorn, hold: 6 * time.Second}, healed(3 * time.Second)},
			},
			{
				name: "pictures are not made", remedy: "decode: what is made from pictures that libavcodec made up is refused",
				script: []step{well, {fault: mediatest.FaultSkip, hold: 6 * time.Second}, healed(3 * time.Second)},
			},
			{
				name: "key frames are not made", remedy: "decode: the same; media: a key frame is awaited then, and said so",
				script: []step{
					well,
					{
						fault: mediatest.FaultNoKey, within: dead + time.Second, hold: 2 * time.Second,
						tile: "frozen (no-key-frame)",
					},
					healed(3 * time.Second),
				},
			},
		} {
			f.number, f.report, f.staging = 3, "mediamtx 1327", s
			f.name += ", " + codec
			fields = append(fields, f)
		}
	}
	return fields
}

// closedDoors: few places, locks, and what must not be asked for.
func closedDoors() []field {
	noMoreLogins := step{do: never("wrong logins", func(n mediatest.Counts) int { return n.Logins }, 1)}
	return []field{
		{
			number: 5, name: "one session at most, four tiles", report: "frigate 5983",
			remedy:  "relay: one session at the camera, whoever watches",
			staging: h264(func(o *mediatest.Options) { o.MaxSessions, o.Linger = 1, 1500*time.Millisecond }),
			script: []step{
				well,
				{do: func(s *stage) {
					for range 3 {
						v := s.join(quickly, 160, 92)
						await(s.t, "one more tile", func() bool { return v.Stats().State == media.StateLive })
					}
				}, tile: "live"},
				// The camera keeps the place of the broken session: the relay is answered 453 until it is free.
				{fault: mediatest.FaultReset, do: func(*stage) {}, tile: "full (full)", within: 3 * time.Second, relay: "full (full)"},
				healed(6 * time.Second),
			},
			connects: 5,
		},
		{
			number: 5, name: "looking at a camera takes nobody's place", report: "frigate 5983",
			remedy: "relay: a look at an idle camera gives way to a reader",
			play:   probedWhileWatched,
		},
		{
			number: 6, name: "the login is refused with 401", report: "cameras lock after a few wrong logins",
			remedy:  "relay: no further attempt after 401 until the configuration changes",
			staging: h264(func(o *mediatest.Options) { o.Digest = true }),
			script: []step{
				well,
				{fault: mediatest.FaultRefuse, tile: "refused (login-refused)", within: 4 * time.Second, relay: "refused (login-refused)", hold: 5 * time.Second},
				noMoreLogins,
			},
			connects: 2,
		},
		{
			number: 6, name: "the login is refused with 403", report: "cameras lock after a few wrong logins",
			remedy:  "rtsp: 403 counts as a refusal; relay: no further attempt",
			staging: h264(nil),
			script: []step{
				well,
				{fault: mediatest.FaultForbid, tile: "refused (login-refused)", within: 4 * time.Second, relay: "refused (login-refused)", hold: 5 * time.Second},
				noMoreLogins,
			},
			connects: 2,
		},
		{
			number: 6, name: "a wrong password is corrected", report: "cameras lock after a few wrong logins",
			remedy:  "relay: a changed configuration is tried at once",
			staging: staging{config: func(c *relay.Camera, _ *mediatest.Camera) { c.Pass = "wrong" }},
			script: []step{
				{tile: "refused (login-refused)", relay: "refused (login-refused)", hold: 2 * time.Second},
				noMoreLogins,
				{do: func(s *stage) {
					s.cfg.Pass = pass
					if err := s.relay.SetCameras([]relay.Camera{s.cfg}); err != nil {
						s.t.Fatal(err)
					}
				}, tile: "live", relay: "live", within: 6 * time.Second},
			},
			connects: 2,
		},
		{
			number: 13, name: "the password stands in the address, twice", report: "go2rtc 238, mediamtx 6158",
			remedy: "rtsp and relay: addresses are redacted in every log, error and health, queries too",
			staging: staging{config: func(c *relay.Camera, cam *mediatest.Camera) {
				c.User, c.Pass = "", ""
				c.Streams[0].URL = inAddress(cam.URL())
			}},
			script: []step{
				well,
				{fault: mediatest.FaultDown, tile: "no-signal", hold: time.Second},
				{fault: mediatest.FaultAudioOnly, tile: "no-signal (no-video)"},
				{fault: mediatest.FaultFull, tile: "full"},
				{fault: mediatest.FaultRefuse, tile: "refused"},
			},
			connects: 8,
		},
		{
			number: 15, name: "setting up the back channel ends other sessions", report: "Dahua models",
			remedy:  "rtsp.Play never sets up a back channel",
			staging: h264(func(o *mediatest.Options) { o.BackChannel, o.Audio = true, true }),
			script: []step{
				well,
				{do: func(s *stage) {
					v := s.join(quickly, 160, 92)
					await(s.t, "the second tile", func() bool { return v.Stats().State == media.StateLive })
				}, tile: "live", hold: time.Second},
			},
			connects: 1,
		},
	}
}

// lateness: pictures that come late, and clocks that do not tell so.
func lateness() []field {
	return []field{
		{
			number: 8, name: "four seconds between key frames", report: "mediamtx 1209, 3691",
			remedy: "relay: readers start from the last group of pictures, marked as catching up",
			play:   slowKeys,
		},
		{
			number: 9, name: "delivery creeps behind", report: "omxplayer 647",
			remedy:  "media: presentation time is measured against arrival",
			staging: h264(nil),
			script: []step{
				well,
				{fault: mediatest.FaultCreep, tile: "late (late)", within: 8 * time.Second},
				{do: func(*stage) { time.Sleep(time.Second) }, tile: "late (late)", hold: time.Second},
				healed(3 * time.Second),
			},
			connects: 1,
		},
		{
			number: 9, name: "a tile is opened on a camera that is late", report: "omxplayer 647",
			remedy: "relay: it measures how late the camera is and tells readers with each unit",
			play:   joinedLate,
		},
		{
			number: 9, name: "delivery creeps behind for more than a minute", report: "omxplayer 647",
			remedy: "flow: a minute late ends the session, and is late until then",
			play:   veryLate,
		},
		{
			number: 10, name: "the camera's clock is set back by ten seconds", report: "mediamtx 5550",
			remedy:  "media: time on the way does not grow at once, so it is the clock that has stepped",
			staging: h264(nil),
			script: []step{
				well,
				{fault: mediatest.FaultStepBack, do: func(s *stage) { time.Sleep(time.Second) }},
				{do: func(*stage) {}, tile: "live", hold: 2 * time.Second},
			},
			connects: 1,
		},
		{
			number: 10, name: "the camera's clock steps by an hour", report: "mediamtx 5550",
			remedy:  "media: a jump of time stamps is learnt anew, it is not lateness",
			staging: h264(func(o *mediatest.Options) { o.ReportEvery = 500 * time.Millisecond }),
			script: []step{
				well,
				{fault: mediatest.FaultStep, do: func(s *stage) { s.cam.SetClock(time.Hour) }},
				{do: func(s *stage) { time.Sleep(time.Second) }},
				{do: func(*stage) {}, tile: "live", within: time.Second, hold: time.Second},
			},
			connects: 1,
		},
		{
			number: 10, name: "the camera's clock is wrong, and that is said", report: "mediamtx 5550",
			remedy: "rtsp: sender reports are read; media: Stats.ClockOffset",
			staging: h264(func(o *mediatest.Options) {
				o.ReportEvery, o.ClockOffset = 300*time.Millisecond, time.Hour+5*time.Second
			}),
			script: []step{
				well,
				{do: offset(time.Hour + 5*time.Second), tile: "live"},
				{do: func(s *stage) {
					s.cam.SetClock(-90 * time.Second)
					offset(-90 * time.Second)(s)
				}, tile: "live", relay: "live"},
			},
			connects: 1,
		},
		{
			number: 10, name: "the camera never tells its time", report: "most cameras",
			remedy:  "media: an unknown offset is said to be unknown",
			staging: h264(func(o *mediatest.Options) { o.ReportEvery = -1 }),
			script: []step{well, {do: func(s *stage) {
				time.Sleep(2 * time.Second)
				if st := s.player.Stats(); st.ClockKnown || !st.Taken.IsZero() {
					s.t.Errorf("a clock that nobody told is known: %v, taken %v", st.ClockOffset, st.Taken)
				}
			}, tile: "live"}},
			connects: 1,
		},
	}
}

// offset waits until tile and relay say how far ahead the camera's clock is.
func offset(want time.Duration) func(*stage) {
	near := func(got time.Duration, known bool) bool {
		return known && got > want-2*time.Second && got < want+2*time.Second
	}
	return func(s *stage) {
		await(s.t, fmt.Sprintf("an offset of %v", want), func() bool {
			st, h := s.player.Stats(), s.health()
			return near(st.ClockOffset, st.ClockKnown) && near(h.ClockOffset, h.ClockKnown) && !st.Taken.IsZero()
		})
	}
}
