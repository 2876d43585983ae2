package wire

import (
	"os"
	"path/filepath"
	"testing"

	"iocwall/server/wire/message"
	"iocwall/server/world"
)

// FuzzLink feeds a client with whatever a server might send.
func FuzzLink(f *testing.F) {
	names, err := filepath.Glob("message/testdata/golden/*.json")
	if err != nil || len(names) == 0 {
		f.Fatalf("no golden files: %v", err)
	}
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := NewClient(ClientOptions{URL: "ws://x/", Token: func() (string, error) { return "", nil }})
		if err != nil {
			t.Fatal(err)
		}
		x, err := message.DecodeDown(data)
		if err != nil {
			return
		}
		c.at = world.Position{Epoch: x.Epoch, Seq: x.From}
		l := &link{c: c, done: make(chan struct{})}
		if err := l.handle(t.Context(), &x); err != nil {
			return
		}
		c.in.Up(0, 0) // so that there is something in any case
		b, err := c.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		_, _ = world.New(x.Epoch).ApplyBatch(&b, nil) // items that do not fit are its error
	})
}
