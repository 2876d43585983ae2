package main

import (
	"context"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"iocwall/cmd/wall/sight"
	"iocwall/media"
	"iocwall/media/decode"
	"iocwall/server/dial"
	"iocwall/server/world"
	"iocwall/ui"
	"iocwall/ui/words"
)

// cameras plays each camera once for all tiles of this computer.
type cameras struct{ deck *media.Deck }

// Open returns a place for a camera's pictures.
func (c cameras) Open(cam media.Camera, notify func()) sight.Player { return c.deck.Open(cam, notify) }

// sighted is a feed that lets what watches the cameras know what the server says.
type sighted struct {
	ui.Feed
	sight *sight.Sight
}

// Next is for ui.Feed.
func (s sighted) Next(ctx context.Context) (world.Batch, error) {
	b, err := s.Feed.Next(ctx)
	if err == nil {
		s.sight.Take(&b)
	}
	return b, err
}

// theatre is what plays cameras: it runs beside the client.
type theatre struct {
	deck  *media.Deck
	sight *sight.Sight
	decoders
	c *connection
}

// newTheatre gives a client its cameras.
func newTheatre(c *connection, f *feed, o *ui.Options, draws drawing) (*theatre, error) {
	t := &theatre{c: c, decoders: decoders{factory: decode.New, tested: make(chan struct{})}}
	tls, err := dial.TLS(c.CA)
	if err != nil {
		return nil, err
	}
	t.deck, err = media.NewDeck(media.DeckOptions{Decoder: t.make, Address: f.address, TLS: tls, Logger: c.logger(), Clock: f.clock})
	if err != nil {
		return nil, err
	}
	if o.Replay, err = c.replay(); err != nil {
		return nil, err
	}
	l, err := words.Load(c.Lang)
	if err != nil {
		return nil, err
	}
	t.sight = sight.New(sight.Options{
		Open: cameras{t.deck}.Open, Send: f.Send, Standing: f.standing, Prefix: ownReceipts, Logger: c.logger(),
	})
	o.Feed = sighted{o.Feed, t.sight}
	o.Cameras, o.Decoder = t.sight, t.make
	o.Status = func() string { return strings.Trim(t.status(l)+" · "+draws.words(l), " ·") }
	return t, nil
}

// Run plays until ctx ends.
func (t *theatre) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	wg.Go(func() { t.test(ctx, t.c) })
	wg.Go(func() { _ = t.sight.Run(ctx) }) // it ends with ctx only
	err := t.deck.Run(ctx)
	wg.Wait()
	return err
}

// decoders decode in software until the computer's hardware has proved itself.
type decoders struct {
	mu      sync.Mutex
	factory media.DecoderFactory
	codecs  []decode.CodecSupport
	tested  chan struct{}
	fallen  fallen
}

// test tests the hardware and says what is used. It ends by itself, and a player
// made before goes on in software.
func (d *decoders) test(ctx context.Context, c *connection) {
	defer close(d.tested)
	s := decode.SelfTest(ctx, decode.Options{})
	for _, codec := range s.Codecs {
		var why []string
		for _, r := range codec.Refused {
			why = append(why, r.Device+": "+r.Reason)
		}
		c.logger().Info("decoder chosen", "codec", codec.Codec, "uses", codec.Uses, "not", strings.Join(why, "; "))
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.factory, d.codecs = s.Factory(), s.Codecs
}

// testFor is how long the first camera waits for the test of the hardware.
const testFor = 3 * time.Second

// make makes a decoder as the test of the hardware allows.
func (d *decoders) make(o media.DecoderOptions) (media.Decoder, error) {
	select {
	case <-d.tested:
	case <-time.After(testFor):
	}
	d.mu.Lock()
	f := d.factory
	d.mu.Unlock()
	made, err := f(o)
	if err != nil {
		return nil, err
	}
	return d.fallen.watch(made, o.Codec), nil
}

// status says what decodes each codec.
func (d *decoders) status(l *words.Lang) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	out := make([]string, 0, len(d.codecs))
	for _, c := range d.codecs {
		uses := c.Uses
		if uses == "software" {
			uses = l.T("status.software")
		}
		out = append(out, strings.ToUpper(string(c.Codec))+" "+uses)
	}
	return strings.Join(out, " · ")
}

// support says what decodes each codec and why not something faster, nothing while
// that is being tested.
func (d *decoders) support() []decode.CodecSupport {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.codecs
}

// replay fetches what the relay kept of a camera from the server.
func (c *connection) replay() (func(ctx context.Context, camera, stream string, from, to time.Time) (io.ReadCloser, error), error) {
	d, err := c.door()
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, camera, stream string, from, to time.Time) (io.ReadCloser, error) {
		return d.Get(ctx, "/api/cameras/"+url.PathEscape(camera)+"/replay", url.Values{
			"stream": {stream}, "from": {from.Format(time.RFC3339Nano)}, "to": {to.Format(time.RFC3339Nano)},
		})
	}, nil
}

// pictures is the folder that snapshots are kept in unless another is named.
func pictures() string {
	home, err := os.UserHomeDir()
	if err != nil {
		home = "."
	}
	return filepath.Join(home, "iocwall-pictures")
}

// hostname is this computer's name, for captions.
func hostname() string {
	n, err := os.Hostname()
	if err != nil {
		return "?"
	}
	return n
}
