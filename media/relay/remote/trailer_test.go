package remote

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"iocwall/media/replay"
)

// A clip with as many gaps as there can be, and as long as they can be, passes through the door: it is the camera in
// trouble that is asked for evidence.
func TestAClipFullOfGapsPassesThrough(t *testing.T) {
	at := time.Date(2026, 11, 22, 3, 0, 0, 123_456_789, time.FixedZone("", 7*3600))
	want := replay.Summary{SHA256: [32]byte{255, 200, 199}, Bytes: 1 << 40, Frames: 1 << 30, From: at, To: at, Lost: 1<<64 - 1}
	for i := range 260 {
		want.Gaps = append(want.Gaps, replay.Gap{
			Kind: replay.GapDisconnected, From: at.Add(time.Duration(i) * time.Second), To: at, Lost: 1<<64 - 1,
		})
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Trailer", summaryTrailer+", "+errorTrailer)
		io.WriteString(w, "pictures") //nolint:errcheck // test
		w.Header().Set(summaryTrailer, encode(want))
	}))
	defer s.Close()
	c, err := Dial(Options{Addr: s.Listener.Addr().String(), Signer: signer})
	if err != nil {
		t.Fatal(err)
	}
	defer c.http.CloseIdleConnections()
	got, err := c.Clip(t.Context(), "c1", "main", at, at.Add(time.Second), io.Discard)
	if err != nil || len(got.Gaps) != len(want.Gaps) || got.Lost != want.Lost {
		t.Errorf("%d gaps, %v", len(got.Gaps), err)
	}
}
