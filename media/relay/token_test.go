package relay

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"iocwall/media/rtsp"
)

func testKey(b byte) []byte { return bytes.Repeat([]byte{b}, MinKey) }

// sign signs a grant that fits.
func sign(tb testing.TB, s Signer, g Grant) string {
	tb.Helper()
	token, err := s.Sign(g)
	if err != nil {
		tb.Fatal(err)
	}
	return token
}

// verify checks a token for a camera, as Admit does.
func verify(s Signer, token, camera string, now time.Time) (Grant, error) {
	g, err := s.Verify(token, now)
	if err == nil && !g.Covers(camera, []string{"vn/quang-nam", "vn"}) {
		err = ErrNotGranted
	}
	return g, err
}

func TestTokens(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	s := Signer{Key: testKey('a'), Older: [][]byte{testKey('b')}}
	good := sign(t, s, Grant{Subject: "node-7", Cameras: []string{"cua-dai-*", "cau-lau"}, Expires: now.Add(time.Minute)})
	older := sign(t, Signer{Key: testKey('b')}, Grant{Cameras: []string{"*"}, Expires: now.Add(time.Minute)})
	flip := func(i int) string {
		b := []byte(good)
		b[i] ^= 1
		return string(b)
	}
	claimsEnd := strings.LastIndexByte(good, '.')
	cases := []struct {
		name, token, camera string
		at                  time.Time
		want                error
	}{
		{"named", good, "cau-lau", now, nil},
		{"pattern", good, "cua-dai-02", now, nil},
		{"older key", older, "any", now, nil},
		{"not covered", good, "cau-lau-2", now, ErrNotGranted},
		{"at the end", good, "cau-lau", now.Add(time.Minute), ErrExpired},
		{"just before the end", good, "cau-lau", now.Add(time.Minute - 1), nil},
		{"empty", "", "cau-lau", now, ErrToken},
		{"no signature", good[:claimsEnd], "cau-lau", now, ErrToken},
		{"empty signature", good[:claimsEnd+1], "cau-lau", now, ErrToken},
		{"changed claims", flip(5), "cau-lau", now, ErrToken},
		{"changed signature", flip(claimsEnd + 3), "cau-lau", now, ErrToken},
		{"changed version", "v2" + good[2:], "cau-lau", now, ErrToken},
		{"other key", sign(t, Signer{Key: testKey('c')}, Grant{Cameras: []string{"*"}, Expires: now.Add(time.Hour)}), "x", now, ErrToken},
		{"endless", "v1." + strings.Repeat("A", 1<<20) + ".AAAA", "x", now, ErrToken},
		{"nobody", sign(t, s, Grant{Expires: now.Add(time.Hour)}), "x", now, ErrNotGranted},
		{"group", sign(t, s, Grant{Groups: []string{"vn/ca-mau", "vn/quang-nam"}, Expires: now.Add(time.Hour)}), "x", now, nil},
		{"other group", sign(t, s, Grant{Groups: []string{"vn/ca-mau", "", "x"}, Expires: now.Add(time.Hour)}), "x", now, ErrNotGranted},
		{"bad pattern", sign(t, s, Grant{Cameras: []string{"[", "x"}, Expires: now.Add(time.Hour)}), "x", now, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			g, err := verify(s, c.token, c.camera, c.at)
			if !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
				t.Fatalf("got %v, want %v", err, c.want)
			}
			if c.token == good && err == nil && g.Subject != "node-7" {
				t.Errorf("subject %q", g.Subject)
			}
		})
	}
	if err := (Signer{Key: []byte("a")}).Check(); err == nil {
		t.Error("a short key passes the check")
	}
	short := Signer{Key: []byte("a")}
	if token, err := short.Sign(Grant{Cameras: []string{"*"}, Expires: now.Add(time.Hour)}); err == nil || token != "" {
		t.Errorf("a short key signs: %v", err)
	}
	text := good[:claimsEnd]
	if _, err := short.Verify(text+"."+encoding.EncodeToString(mac(short.Key, text)), now); !errors.Is(err, ErrToken) {
		t.Errorf("a short key verifies: %v", err)
	}
}

// A token that no relay would take is never given out.
func TestSignRefusesWhatCannotBeSent(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	s := Signer{Key: testKey('a')}
	made, refused := 0, 0
	var cameras []string
	for n := range 300 {
		cameras = append(cameras, fmt.Sprintf("cam-%04d", n))
		token, err := s.Sign(Grant{Subject: "unit", Cameras: cameras, Expires: now.Add(time.Minute)})
		if err != nil {
			refused++
			if token != "" || !strings.Contains(err.Error(), "group") {
				t.Fatalf("%d cameras: %q, %v", len(cameras), token, err)
			}
			continue
		}
		made++
		if _, err := verify(s, token, cameras[n], now); err != nil {
			t.Fatalf("%d cameras: %v", len(cameras), err)
		}
	}
	if made == 0 || refused == 0 {
		t.Errorf("%d made, %d refused", made, refused)
	}
}

func FuzzVerify(f *testing.F) {
	s := Signer{Key: testKey('a')}
	now := time.Unix(1_800_000_000, 0)
	good := sign(f, s, Grant{Subject: "s", Cameras: []string{"*"}, Expires: now.Add(time.Hour)})
	for _, seed := range []string{good, good[:len(good)-1], "v1.e30." + base64.RawURLEncoding.EncodeToString(make([]byte, 32)), "v1..", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, token string) {
		if _, err := s.Verify(token, now); err == nil && token != good {
			t.Fatalf("%q is accepted but was never signed", token)
		}
	})
}

// TestWatch tables the watchdog: what is known at a moment, and what must be said.
func TestWatch(t *testing.T) {
	at := func(s float64) time.Time { return time.Unix(1000, 0).Add(time.Duration(s * float64(time.Second))) }
	cases := []struct {
		name   string
		watch  watch
		now    time.Time
		state  State
		reason rtsp.Reason
	}{
		{"nobody watches", watch{}, at(0), StateIdle, rtsp.ReasonStopped},
		{"being connected", watch{wanted: true}, at(0), StateConnecting, rtsp.ReasonConnecting},
		{"refused", watch{failure: rtsp.ReasonLoginRefused}, at(0), StateRefused, rtsp.ReasonLoginRefused},
		{"full", watch{wanted: true, failure: rtsp.ReasonFull}, at(0), StateFull, rtsp.ReasonFull},
		{"unreachable", watch{wanted: true, failure: rtsp.ReasonUnreachable}, at(0), StateNoSignal, rtsp.ReasonUnreachable},
		{"young", watch{wanted: true, connected: at(0)}, at(1), StateConnecting, rtsp.ReasonWaitingKey},
		{"young after a failure", watch{wanted: true, connected: at(0), failure: rtsp.ReasonNoPackets}, at(1), StateNoSignal, rtsp.ReasonNoPackets},
		{"never a packet", watch{wanted: true, connected: at(0)}, at(3), StateNoSignal, rtsp.ReasonNoPackets},
		{"packets without units", watch{wanted: true, connected: at(0), lastPacket: at(10)}, at(10), StateNoSignal, rtsp.ReasonNoUnits},
		{"units without a key", watch{wanted: true, connected: at(0), lastPacket: at(10), lastUnit: at(10)}, at(10), StateNoSignal, rtsp.ReasonNoKeyFrame},
		{"live", watch{wanted: true, connected: at(0), lastPacket: at(10), lastUnit: at(10), lastKey: at(9)}, at(11), StateLive, ""},
		{"silent", watch{wanted: true, connected: at(0), lastPacket: at(10), lastUnit: at(10), lastKey: at(9)}, at(12.1), StateNoSignal, rtsp.ReasonNoPackets},
		{"slow but steady", watch{wanted: true, connected: at(0), lastPacket: at(10), lastUnit: at(10), lastKey: at(10), unitEvery: 4 * time.Second}, at(14), StateLive, ""},
		{"keys stay away", watch{wanted: true, connected: at(0), lastPacket: at(30), lastUnit: at(30), lastKey: at(9), keyEvery: time.Second}, at(30), StateLive, rtsp.ReasonNoKeyFrame},
		{"one key, distance unknown", watch{wanted: true, connected: at(0), lastPacket: at(30), lastUnit: at(30), lastKey: at(9)}, at(30), StateLive, ""},
	}
	for _, c := range cases {
		if state, reason := c.watch.judge(c.now); state != c.state || reason != c.reason {
			t.Errorf("%s: %s (%s), want %s (%s)", c.name, state, reason, c.state, c.reason)
		}
	}
}

func FuzzControlToken(f *testing.F) {
	s := Signer{Key: bytes.Repeat([]byte("c"), MinKey)}
	now := time.Unix(1790000000, 0)
	good, err := s.SignControl(now.Add(time.Minute))
	if err != nil {
		f.Fatal(err)
	}
	for _, text := range []string{good, "", "c1.", "c1..", "c1.1790000060.", "v1.x.y", good + "x", "c1.x" + good} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if err := s.VerifyControl(text, now); (err == nil) != (text == good) {
			t.Fatalf("%q: %v", text, err)
		}
		if _, err := s.Verify(text, now); err == nil {
			t.Fatalf("%q opens cameras", text)
		}
	})
}

func TestControlTokensAreShort(t *testing.T) {
	s := Signer{Key: bytes.Repeat([]byte("c"), MinKey)}
	now := time.Unix(1790000000, 0)
	for life, want := range map[time.Duration]error{
		time.Minute: nil, 0: ErrExpired, -time.Second: ErrExpired, time.Hour: ErrExpired,
	} {
		text, err := s.SignControl(now.Add(life))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.VerifyControl(text, now); !errors.Is(err, want) {
			t.Errorf("%v: %v", life, err)
		}
	}
	if _, err := (Signer{Key: []byte("short")}).SignControl(now); err == nil {
		t.Error("a short key signs")
	}
}
