package server

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"iocwall/media/relay"
	"iocwall/server/auth"
	"iocwall/server/world"
)

// A unit with thousands of cameras gets a token that the relay takes.
func TestGrantOfThousandsOfCameras(t *testing.T) {
	var more strings.Builder
	more.WriteString("cameras:\n")
	for i := range 2000 {
		area := daNang
		if i%2 == 1 {
			area = caMau
		}
		fmt.Fprintf(&more, "  - {id: cam-%04d, name: C, pos: [108.33, 15.88], area: %s, streams: [{name: main, url: \"rtsp://127.0.0.1:9/x\"}]}\n", i, area)
	}
	c := newCentre(t, more.String())
	_, id := c.tokenID("Đà Nẵng", auth.Unit, daNang)
	g := c.grant(toWire(auth.Identity{Token: id, Name: "Đà Nẵng", Role: auth.Unit, Areas: []string{daNang}}))
	if g == nil {
		t.Fatal("no grant")
	}
	for i := range 2000 {
		err := c.cameras.Admit(g.Token, fmt.Sprintf("cam-%04d", i), "main")
		if near := i%2 == 0; near && err != nil || !near && !errors.Is(err, relay.ErrNotGranted) {
			t.Fatalf("cam-%04d: %v", i, err)
		}
	}

	// What a token may name at most still fits into one for the relay.
	var areas []string
	for i := 0; ; i++ {
		next := append(slices.Clone(areas), fmt.Sprintf("vn/quang-nam/%d", i))
		if _, _, err := c.store.Add(auth.Spec{Name: "x", Role: auth.Unit, Areas: next}); err != nil {
			break
		}
		areas = next
	}
	_, id = c.tokenID("Nhiều xã", auth.Unit, areas...)
	if g := c.grant(toWire(auth.Identity{Token: id, Role: auth.Unit, Areas: areas})); g == nil {
		t.Errorf("a unit of %d areas gets no pictures", len(areas))
	}
}

// Who is revoked, or expires while the file of tokens is damaged, loses the
// feed and the pictures.
func TestBadTokensLosePictures(t *testing.T) {
	c := newCentre(t, `cameras:
  - {id: near, name: Gần, pos: [108.33, 15.88], area: `+daNang+`, streams: [{name: main, url: "rtsp://127.0.0.1:9/x"}]}
`)
	grant := func(token auth.Token) string {
		g := c.grant(toWire(auth.Identity{Token: token.ID, Role: token.Role}))
		if g == nil {
			t.Fatal("no grant")
		}
		return g.Token
	}
	add := func(ttl time.Duration) (string, auth.Token) {
		raw, token, err := c.store.Add(auth.Spec{Name: "x", Role: auth.Operator, TTL: ttl})
		if err == nil {
			_, err = c.tokens.Reload()
		}
		if err != nil {
			t.Fatal(err)
		}
		return raw, token
	}
	_, revoked := add(0)
	raw, expiring := add(4 * time.Second)
	old, short := grant(revoked), grant(expiring)
	admit := func(token string) error {
		return c.cameras.Admit(token, "near", "main")
	}
	if err := errors.Join(admit(old), admit(short)); err != nil {
		t.Fatal(err)
	}
	until := func(what string, ok func() bool) {
		for end := time.Now().Add(patience); !ok(); time.Sleep(20 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("waited in vain for %s", what)
			}
		}
	}
	e := c.look(raw)
	e.until("the camera", func(s *world.State) bool { return s.Count(world.KindCamera) == 1 })
	if err := c.store.Revoke(revoked.ID); err != nil {
		t.Fatal(err)
	}
	until("the revoked one's end", func() bool { return errors.Is(admit(old), relay.ErrWithdrawn) })
	if c.grant(toWire(auth.Identity{Token: revoked.ID, Role: auth.Operator})) != nil {
		t.Error("a revoked token is granted pictures")
	}

	good, err := os.ReadFile(TokenFile(c.path("data")))
	if err == nil {
		err = os.WriteFile(TokenFile(c.path("data")), []byte("[{"), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	until("the expired one's end", func() bool { return errors.Is(admit(short), relay.ErrWithdrawn) })
	e.wait("that its right is gone", func() bool { return len(e.links) > 0 })

	// A restart forgets nothing that still matters.
	if err := os.WriteFile(TokenFile(c.path("data")), good, 0o600); err != nil {
		t.Fatal(err)
	}
	c.stop()
	c.start()
	until("the end after a restart", func() bool { return errors.Is(admit(old), relay.ErrWithdrawn) })
}
