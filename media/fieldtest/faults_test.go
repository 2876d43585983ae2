package fieldtest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"iocwall/media"
	"iocwall/media/mediatest"
	"iocwall/media/relay"
	"iocwall/media/rtsp"
)

// field is one fault of the field.
type field struct {
	number int    // in the list of faults that cameras in the field show, 1 to 15
	name   string // what goes wrong
	report string // who reports it, of which system
	remedy string // what of ours stands against it: without it the test fails
	staging
	script []step
	// connects is how many connections the camera may see in all; 0: one, and one more for each healing.
	connects int
}

// step is one thing that happens to a camera, and what must then be said about it.
type step struct {
	fault mediatest.Fault
	do    func(*stage) // after fault was set, or instead of it
	// tile is what the tile says, as "state" or "state (reason)", several parted by |; empty: not looked at.
	tile string
	// within is how soon after the fault it says so; zero means that the time is not judged.
	within time.Duration
	// relay is what the relay's health says, in the same words.
	relay string
	// hold is how long it must stay so.
	hold time.Duration
}

// well is what is expected of a camera without a fault.
var well = step{tile: "live", relay: "live"}

// healed is a camera that is well again within a time.
func healed(within time.Duration) step {
	return step{tile: "live", within: within, relay: "live", hold: 500 * time.Millisecond}
}

// says reports whether a state and its reason are among those wanted.
func says(wanted string, state, reason string) bool {
	for w := range strings.SplitSeq(wanted, "|") {
		w = strings.TrimSpace(w)
		if w == state || w == fmt.Sprintf("%s (%s)", state, reason) {
			return true
		}
	}
	return false
}

// dead is the promise for a picture that is no longer live: marked within 2 s.
const dead = 2 * time.Second

// faults is the table. Faults whose report needs more than a script have tests of their own, named in remedy.
func faults() []field {
	h264 := mediatest.Options{ClipOptions: small(rtsp.H264)}
	h265 := mediatest.Options{ClipOptions: small(rtsp.H265)}
	with := func(o mediatest.Options, change func(*mediatest.Options)) mediatest.Options {
		change(&o)
		return o
	}
	return []field{
		{
			number: 1, name: "packets stop, the connection stays", report: "go2rtc 574",
			remedy:  "Player: the watchdog of packets; relay: silence ends the session",
			staging: staging{camera: h264},
			script: []step{
				well,
				{fault: mediatest.FaultSilent, tile: "no-signal (no-packets)", within: dead, relay: "no-signal (no-packets)", hold: time.Second},
				healed(8 * time.Second),
			},
		},
		{
			number: 1, name: "the video is dead, sound and reports and keep-alives go on", report: "go2rtc 574, 1847",
			remedy: "rtsp.Play sets up the video alone and the watchdogs count its packets alone",
			staging: staging{camera: with(h264, func(o *mediatest.Options) {
				o.Audio, o.ReportEvery = true, 100*time.Millisecond
			})},
			script: []step{
				well,
				{fault: mediatest.FaultVideoDead, tile: "no-signal (no-packets)", within: dead, relay: "no-signal (no-packets)", hold: time.Second},
				healed(8 * time.Second),
			},
		},
		{
			number: 1, name: "the picture freezes, all else goes on", report: "go2rtc 574",
			remedy:  "Player: the watchdog of changed pictures",
			staging: staging{camera: h264},
			script: []step{
				well,
				{fault: mediatest.FaultFreeze, tile: "frozen (unchanged)", within: 13 * time.Second, relay: "live", hold: 2 * time.Second},
				healed(2 * time.Second),
			},
			connects: 1,
		},
		{
			number: 2, name: "the processor hangs: taken connections are never answered", report: "go2rtc 762, 1389",
			remedy: "relay: a time limit on every request, and a new attempt after it",
			staging: staging{
				camera: h264,
				relay:  relay.Options{Timeout: 1500 * time.Millisecond, Stall: 2 * time.Second},
			},
			script: []step{
				well,
				{fault: mediatest.FaultHang, tile: "no-signal", within: dead, relay: "no-signal", hold: 6 * time.Second},
				healed(8 * time.Second),
			},
			connects: 12,
		},
		{
			number: 2, name: "the camera is unplugged and comes back", report: "go2rtc 762",
			remedy:  "relay: attempts never end",
			staging: staging{camera: h264},
			script: []step{
				well,
				{fault: mediatest.FaultDown, tile: "no-signal (unreachable) | no-signal (disconnected)", within: dead, relay: "no-signal (unreachable) | no-signal (disconnected)", hold: 2 * time.Second},
				healed(4 * time.Second),
			},
			connects: 20,
		},
		{
			number: 2, name: "the camera comes back with sound only", report: "go2rtc 1847",
			remedy:  "rtsp.Play takes the video track or none",
			staging: staging{camera: with(h264, func(o *mediatest.Options) { o.Audio = true })},
			script: []step{
				well,
				{fault: mediatest.FaultAudioOnly, tile: "no-signal (no-video)", within: 4 * time.Second, relay: "no-signal (no-video)", hold: 2 * time.Second},
				healed(4 * time.Second),
			},
			connects: 20,
		},
		{
			number: 3, name: "grey mush after loss, H.264", report: "mediamtx 180, 1327",
			remedy:  "Player: nothing is decoded after loss until a key frame",
			staging: staging{camera: h264},
			script: []step{
				well,
				{fault: mediatest.FaultLoss, hold: 6 * time.Second},
				healed(3 * time.Second),
			},
		},
		{
			number: 3, name: "grey mush after loss, H.265", report: "mediamtx 180, 1327",
			remedy:  "Player: nothing is decoded after loss until a key frame",
			staging: staging{camera: h265},
			script: []step{
				well,
				{fault: mediatest.FaultLoss, hold: 6 * time.Second},
				healed(3 * time.Second),
			},
		},
		{
			number: 3, name: "key frames are lost whole", report: "mediamtx 180",
			remedy:  "relay: loss is handed on as a gap; Player: loss makes it wait for a key frame",
			staging: staging{camera: h264},
			script: []step{
				well,
				{fault: mediatest.FaultKeyLost, tile: "frozen (no-key-frame)", within: dead + time.Second, hold: 2 * time.Second},
				healed(3 * time.Second),
			},
			connects: 1,
		},
		{
			number: 3, name: "units that do not decode", report: "mediamtx 1327",
			remedy:  "decode: errors and damaged pictures are refused; Player: the watchdog of decoded pictures",
			staging: staging{camera: h264},
			script: []step{
				well,
				{fault: mediatest.FaultGarbage, tile: "frozen (decoder-errors) | frozen (no-units) | frozen (no-key-frame) | no-signal (no-units)", within: dead + time.Second, hold: time.Second},
				healed(8 * time.Second),
			},
		},
		{
			number: 6, name: "the login is refused with 401", report: "lock-out after a few wrong logins",
			remedy:  "relay: no further attempt after 401 until the configuration changes",
			staging: staging{camera: with(h264, func(o *mediatest.Options) { o.Digest = true })},
			script: []step{
				well,
				{fault: mediatest.FaultRefuse, tile: "refused (login-refused)", within: 4 * time.Second, relay: "refused (login-refused)", hold: 5 * time.Second},
				{do: never("logins", func(n mediatest.Counts) int { return n.Logins }, 1)},
			},
			connects: 2,
		},
		{
			number: 6, name: "the login is refused with 403", report: "lock-out after a few wrong logins",
			remedy:  "rtsp: 403 counts as a refusal; relay: no further attempt",
			staging: staging{camera: h264},
			script: []step{
				well,
				{fault: mediatest.FaultForbid, tile: "refused (login-refused)", within: 4 * time.Second, relay: "refused (login-refused)", hold: 5 * time.Second},
				{do: never("logins", func(n mediatest.Counts) int { return n.Logins }, 1)},
			},
			connects: 2,
		},
		{
			number: 7, name: "every session is reset at once", report: "mediamtx 4678",
			remedy:  "relay: growing pauses with chance in them, not reset by a short session",
			staging: staging{camera: h264, backoff: rtsp.Backoff{Min: 500 * time.Millisecond, Max: 4 * time.Second}},
			script: []step{
				well,
				{fault: mediatest.FaultStorm, hold: 10 * time.Second},
				healed(8 * time.Second),
			},
			connects: 9,
		},
		{
			number: 9, name: "delivery creeps behind", report: "omxplayer 647",
			remedy:  "Player: presentation time is measured against arrival",
			staging: staging{camera: h264},
			script: []step{
				well,
				{fault: mediatest.FaultCreep, tile: "late (late)", within: 8 * time.Second, hold: time.Second},
				healed(3 * time.Second),
			},
			connects: 1,
		},
		{
			number: 10, name: "the camera's clock drifts", report: "mediamtx 5550",
			remedy:  "Player: the best relation of the last seconds, not of the start",
			staging: staging{camera: with(h264, func(o *mediatest.Options) { o.Drift = 500 })},
			script: []step{
				well,
				{hold: 8 * time.Second},
				{tile: "live", within: time.Millisecond},
			},
			connects: 1,
		},
		{
			number: 10, name: "the camera's clock steps by an hour", report: "mediamtx 5550",
			remedy:  "Player: a jump of the clock is learnt anew, it is not lateness",
			staging: staging{camera: with(h264, func(o *mediatest.Options) { o.ReportEvery = 500 * time.Millisecond })},
			script: []step{
				well,
				{fault: mediatest.FaultStep, do: func(s *stage) { s.cam.SetClock(time.Hour) }, hold: 2 * time.Second},
				{tile: "live", within: time.Millisecond, hold: time.Second},
			},
			connects: 1,
		},
		{
			number: 14, name: "the declared rate is not the delivered one", report: "go2rtc, mediamtx",
			remedy:  "Player and relay: rhythm is learnt from arrivals, not from the parameter sets",
			staging: staging{camera: with(h264, func(o *mediatest.Options) { o.Pace = 3 })},
			script:  []step{well, {hold: 5 * time.Second}, {tile: "live", within: time.Millisecond}},
		},
		{
			number: 14, name: "B-frames", report: "go2rtc",
			remedy: "decode: pictures come in the order of presentation; relay: time stamps are kept as they are",
			staging: staging{camera: with(h264, func(o *mediatest.Options) {
				o.BFrames = 2
			})},
			script: []step{well, {hold: 3 * time.Second}, {tile: "live", within: time.Millisecond}},
		},
		{
			number: 14, name: "parameter sets in-band only", report: "go2rtc, mediamtx",
			remedy:  "relay: waits for parameter sets in the stream before it lets readers in",
			staging: staging{camera: with(h265, func(o *mediatest.Options) { o.Params = mediatest.ParamsInband })},
			script:  []step{well},
		},
		{
			number: 14, name: "parameter sets in the description only", report: "go2rtc, mediamtx",
			remedy:  "relay: puts the known parameter sets before key frames",
			staging: staging{camera: with(h264, func(o *mediatest.Options) { o.Params = mediatest.ParamsSDP })},
			script:  []step{well},
		},
		{
			number: 14, name: "an empty description", report: "go2rtc",
			remedy:   "rtsp: named, and tried again with growing pauses",
			staging:  staging{camera: with(h264, func(o *mediatest.Options) { o.Answer = mediatest.AnswerEmpty }), blind: true},
			script:   []step{{tile: "no-signal (bad-stream) | no-signal (no-video)", relay: "no-signal (bad-stream) | no-signal (no-video)", hold: 2 * time.Second}},
			connects: 12,
		},
		{
			number: 14, name: "a web page instead of a description", report: "go2rtc",
			remedy:   "rtsp: named, and tried again with growing pauses",
			staging:  staging{camera: with(h264, func(o *mediatest.Options) { o.Answer = mediatest.AnswerJunk }), blind: true},
			script:   []step{{tile: "no-signal (bad-stream)", relay: "no-signal (bad-stream)", hold: 2 * time.Second}},
			connects: 12,
		},
		{
			number: 14, name: "Content-Base is missing", report: "go2rtc, mediamtx",
			remedy:  "rtsp: the address asked for stands in",
			staging: staging{camera: with(h264, func(o *mediatest.Options) { o.Answer = mediatest.AnswerNoBase })},
			script:  []step{well},
		},
		{
			number: 14, name: "digest with SHA-256", report: "go2rtc",
			remedy:  "rtsp: answers the challenge that is made",
			staging: staging{camera: with(h264, func(o *mediatest.Options) { o.Auth = mediatest.AuthDigestSHA256 })},
			script:  []step{well, {do: never("wrong logins", func(n mediatest.Counts) int { return n.Logins }, 0)}},
		},
		{
			number: 14, name: "RTSP over TLS", report: "mediamtx",
			remedy:  "relay: rtsps with the trust that is configured",
			staging: staging{camera: with(h264, func(o *mediatest.Options) { o.Door = mediatest.DoorTLS })},
			script:  []step{well},
		},
		{
			number: 14, name: "RTSP over TLS with encrypted RTP", report: "mediamtx",
			remedy:  "relay: rtsps with the trust that is configured",
			staging: staging{camera: with(h264, func(o *mediatest.Options) { o.Door = mediatest.DoorSRTP })},
			script:  []step{well},
		},
		{
			number: 15, name: "setting up the back channel ends other sessions", report: "Dahua models",
			remedy:  "rtsp.Play never sets up a back channel",
			staging: staging{camera: with(h264, func(o *mediatest.Options) { o.BackChannel, o.Audio = true, true })},
			script: []step{
				well,
				{do: func(s *stage) {
					p := s.join(quickly, 160, 92)
					await(s.t, "the second player", func() bool { return p.Stats().State == media.StateLive })
				}},
				{tile: "live", hold: time.Second},
			},
			connects: 1,
		},
	}
}

// never checks that a count of the camera is at most so high.
func never(what string, count func(mediatest.Counts) int, most int) func(*stage) {
	return func(s *stage) {
		if n := count(s.cam.Counts()); n > most {
			s.t.Errorf("%d %s, want at most %d", n, what, most)
		}
	}
}

// TestFaultsOfTheField plays the table.
func TestFaultsOfTheField(t *testing.T) {
	for _, f := range faults() {
		t.Run(fmt.Sprintf("%02d %s", f.number, f.name), func(t *testing.T) {
			t.Parallel()
			s := newStage(t, f.staging)
			healings := 0
			for i, step := range f.script {
				if i > 0 && step.fault == mediatest.FaultNone && step.do == nil {
					healings++
				}
				s.play(i, step)
			}
			allowed := f.connects
			if allowed == 0 {
				allowed = 1 + 5*healings
			}
			if n := s.cam.Counts().Connections; n > allowed {
				t.Errorf("%d connections to the camera, want at most %d", n, allowed)
			}
		})
	}
}

// play does one step and checks what is said about it.
func (s *stage) play(i int, p step) {
	s.t.Helper()
	began := time.Now()
	if p.fault != mediatest.FaultNone || p.do == nil && p.tile != "" {
		s.fault(p.fault)
	}
	if p.do != nil {
		p.do(s)
	}
	if p.tile != "" {
		var last media.Stats
		await(s.t, fmt.Sprintf("step %d: the tile to say %s", i, p.tile), func() bool {
			last = s.player.Stats()
			return says(p.tile, string(last.State), string(last.Reason))
		})
		took := time.Since(began)
		if p.within > 0 && took > p.within+s.eye.patience() {
			s.t.Errorf("step %d: the tile says %s after %v, want %v", i, p.tile, took, p.within)
		}
		s.t.Logf("step %d %s: %s (%s) after %v", i, p.fault, last.State, last.Reason, took.Round(time.Millisecond))
	}
	if p.relay != "" {
		await(s.t, fmt.Sprintf("step %d: the relay to say %s", i, p.relay), func() bool {
			h := s.health()
			return says(p.relay, string(h.State), string(h.Reason))
		})
	}
	for until := time.Now().Add(p.hold); time.Now().Before(until); time.Sleep(20 * time.Millisecond) {
		if st := s.player.Stats(); p.tile != "" && !says(p.tile, string(st.State), string(st.Reason)) {
			s.t.Errorf("step %d: the tile says %s (%s) while %s holds", i, st.State, st.Reason, p.tile)
			return
		}
	}
}
