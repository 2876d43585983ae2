package cctv

import (
	"log/slog"
	"testing"
	"time"

	"iocwall/media/relay"
	"iocwall/server/auth"
)

// A computer of the wall may open pictures for days without the server, people for
// minutes.
func TestGrantsOfNodesLast(t *testing.T) {
	signer := relay.Signer{Key: make([]byte, relay.MinKey)}
	c := &Cameras{o: Options{
		Signer: signer, Good: func(token string) bool { return token != "withdrawn" }, Address: func(string) string { return "rtsp://relay" },
	}, relay: still{}, log: slog.New(slog.DiscardHandler)}
	for _, x := range []struct {
		id   auth.Identity
		want time.Duration
	}{
		{auth.Identity{Token: "a", Role: auth.Operator}, GrantLife},
		{auth.Identity{Token: "b", Role: auth.Node}, NodeGrantLife},
		{auth.Identity{Token: "withdrawn", Role: auth.Node}, 0},
	} {
		g := c.Grant(x.id)
		if x.want == 0 {
			if g != nil {
				t.Errorf("%+v may fetch pictures until %v", x.id, g.Expires)
			}
			continue
		}
		if g == nil {
			t.Errorf("%+v may not fetch pictures", x.id)
			continue
		}
		if life := time.Until(g.Expires.Std()); life > x.want || life < x.want-time.Minute {
			t.Errorf("%+v: %v, want %v", x.id, life, x.want)
		}
		signed, err := signer.Verify(g.Token, time.Now().Add(x.want-time.Minute))
		if err != nil || signed.Subject != x.id.Token {
			t.Errorf("the token: %+v, %v", signed, err)
		}
	}
}
