package history

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"pgregory.net/rapid"

	"iocwall/geo"
	"iocwall/server/journal"
	"iocwall/server/world"
)

// book is a journal in memory.
type book struct {
	events []world.Event
	first  uint64 // older ones are trimmed
	more   chan world.Event
}

func (b *book) Records(_ context.Context, from uint64, fn func(world.Event) error) error {
	for _, e := range b.events {
		if e.Seq >= from && recorded(refOf(e).Kind()) {
			if err := fn(e); err != nil {
				return err
			}
		}
	}
	return nil
}

func refOf(e world.Event) world.Ref {
	x := &Index{links: map[world.Ref]world.Ref{}}
	if refs := x.about(&e); len(refs) > 0 {
		return refs[0]
	}
	return ""
}

func (b *book) Follow(ctx context.Context, from uint64, fn func(world.Event) error) error {
	for _, e := range b.events {
		if e.Seq >= from {
			if err := fn(e); err != nil {
				return err
			}
		}
	}
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case e, ok := <-b.more:
			if !ok {
				return journal.ErrClosed
			}
			if err := fn(e); err != nil {
				return err
			}
		}
	}
}

func (b *book) First() uint64 { return max(1, b.first) }
func (b *book) Position() world.Position {
	if len(b.events) == 0 {
		return world.Position{Epoch: 1}
	}
	return world.Position{Epoch: 1, Seq: b.events[len(b.events)-1].Seq}
}

// add writes an event that was so a number of seconds after the beginning.
func (b *book) add(at int, body world.Body) {
	t := world.Time(1_700_000_000_000 + int64(at)*1000)
	b.events = append(b.events, world.Event{Seq: uint64(len(b.events) + 1), Seen: t, Source: "test", Observation: world.Observation{Time: t, Body: body}})
}

// read runs an index over a book until it has come to the end.
func read(t interface{ Fatal(...any) }, b *book, o Options) *Index {
	b.more = make(chan world.Event)
	close(b.more) // nothing comes
	o.Log = b
	x, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	if err := x.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	return x
}

func kinds(a Answer) string {
	var out []string
	for _, e := range a.Entries {
		out = append(out, e.Kind)
	}
	return strings.Join(out, " ")
}

func of(t *testing.T, x *Index, kind, id string) Answer {
	t.Helper()
	a, err := x.Of(world.NewRef(kind, id), 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// TestAlert: all that happened to an alert is its history, and what it is about
// has it, too.
func TestAlert(t *testing.T) {
	b := &book{}
	b.add(0, world.StationDefined{ID: "S1", Name: "Câu Lâu"})
	b.add(1, world.AlertRaised{ID: "A", Severity: world.Severe, Title: "Lũ", About: world.NewRef(world.KindStation, "S1")})
	b.add(2, world.PopupAsked{ID: "P", Alert: "A", Tiles: make([]world.Tile, 9)})
	b.add(3, world.PopupPlaced{ID: "P", Zone: "z"})
	b.add(4, world.AlertUpdated{ID: "A", Severity: world.Severe, Title: "Lũ 4,1"})
	b.add(5, world.AlertUpdated{ID: "A", Severity: world.Severe, Title: "Lũ 4,2"}) // a second later: not worth a line
	b.add(6, world.AlertUpdated{ID: "A", Severity: world.Critical, Title: "Lũ 4,3"})
	b.add(7, world.AlertAcknowledged{ID: "A", By: "t1", Name: "Mai"})
	b.add(8, world.ClipSaved{ID: "C", Camera: "cam", Alert: "A"})
	b.add(9, world.AlertResolved{ID: "A"})
	b.add(10, world.PopupClosed{ID: "P"})
	x := read(t, b, Options{})
	for _, c := range []struct{ kind, id, want string }{
		{world.KindAlert, "A", "popup.closed alert.resolved clip.saved alert.acknowledged alert.updated alert.updated popup.placed popup.asked alert.raised"},
		{world.KindStation, "S1", "alert.resolved alert.acknowledged alert.updated alert.updated alert.raised station.defined"},
		{world.KindPopup, "P", "popup.closed popup.placed popup.asked"},
		{world.KindCamera, "cam", "clip.saved"},
		{world.KindVessel, "none", ""},
	} {
		if got := kinds(of(t, x, c.kind, c.id)); got != c.want {
			t.Errorf("%s/%s: %q\nwant %q", c.kind, c.id, got, c.want)
		}
	}
	a := of(t, x, world.KindAlert, "A")
	if a.From != 0 || a.Reading || a.Next != 0 {
		t.Errorf("from %v, reading %v, next %d: all is known", a.From, a.Reading, a.Next)
	}
	if body := string(a.Entries[7].Body); strings.Contains(body, `"tiles":[{`) {
		t.Errorf("the tiles of a popup are in the answer: %s", body)
	}
}

// TestNobodyIsNamed: the key of a citizen stays inside.
func TestNobodyIsNamed(t *testing.T) {
	b := &book{}
	b.add(0, world.ReportOpened{ID: "R", Service: "roads", Subject: "secret-key"})
	raw, err := json.Marshal(of(t, read(t, b, Options{}), world.KindReport, "R"))
	if err != nil || strings.Contains(string(raw), "secret-key") || !strings.Contains(string(raw), "roads") {
		t.Errorf("%s %v", raw, err)
	}
}

// TestThinned: what goes on is left away, what turns is not.
func TestThinned(t *testing.T) {
	b := &book{}
	sail := func(at int, speed float64, status uint8) {
		b.add(at, world.VesselPosition{MMSI: "5", Pos: geo.Point{}, Speed: speed, Status: status})
	}
	for i := range 60 {
		sail(i*10, 7+float64(i)/100, 0) // ten minutes under way: one line
	}
	sail(600, 0.1, 0)  // stops
	sail(610, 0.2, 1)  // at anchor
	sail(620, 0.2, 1)  //
	sail(615, 9, 0)    // came late
	sail(2500, 0.2, 1) // half an hour on
	sail(2510, 6, 0)   // goes
	name := func(at int, n string) { b.add(at, world.VesselStatic{MMSI: "5", Name: &world.VesselName{Name: n}}) }
	name(2511, "A")
	b.add(2512, world.VesselStatic{MMSI: "5", Voyage: &world.VesselVoyage{Destination: "Đà Nẵng"}})
	name(2513, "A")
	name(2514, "B")
	for i := range 30 {
		b.add(3000+i*60, world.Reading{Station: "S", Quantity: "level", Value: float64(i)})
		b.add(3000+i*60, world.CameraHealth{Camera: "C", State: world.CameraLive, FPS: float64(i)})
	}
	b.add(4999, world.CameraHealth{Camera: "C", State: world.CameraIdle}) // nobody watches it any more
	b.add(5000, world.CameraHealth{Camera: "C", State: world.CameraSilent})
	x := read(t, b, Options{})
	for _, c := range []struct {
		kind, id string
		want     int
	}{{world.KindVessel, "5", 5 + 3}, {world.KindStation, "S", 3}, {world.KindCamera, "C", 2}} {
		if a := of(t, x, c.kind, c.id); len(a.Entries) != c.want {
			t.Errorf("%s: %d entries, want %d: %s", c.kind, len(a.Entries), c.want, kinds(a))
		}
	}
}

// plainScan is the history of one entity by looking through everything.
func plainScan(events []world.Event, r world.Ref) []uint64 {
	x := &Index{links: map[world.Ref]world.Ref{}}
	keep := map[world.Ref]*keeper{}
	var out []uint64
	for _, e := range events {
		refs := x.about(&e)
		if len(refs) == 0 {
			continue
		}
		if keep[refs[0]] == nil {
			keep[refs[0]] = &keeper{}
		}
		if _, ok := keep[refs[0]].keeps(&e); ok && slices.Contains(refs, r) {
			out = append(out, e.Seq)
		}
	}
	slices.Reverse(out)
	return out
}

func drawBody(t *rapid.T) world.Body {
	id := func(n int) string { return fmt.Sprint(rapid.IntRange(0, n).Draw(t, "id")) }
	switch rapid.IntRange(0, 9).Draw(t, "kind") {
	case 0:
		return world.AlertRaised{ID: id(3), About: world.NewRef(world.KindVessel, id(2))}
	case 1:
		return world.AlertAcknowledged{ID: id(3)}
	case 2:
		return world.AlertResolved{ID: id(3)}
	case 3:
		return world.PopupAsked{ID: id(2), Alert: id(3)}
	case 4:
		return world.CameraHealth{Camera: id(2), State: rapid.SampledFrom([]world.CameraState{"live", "silent"}).Draw(t, "state")}
	case 5:
		return world.FenceCrossed{Fence: id(1), About: world.NewRef(world.KindVessel, id(2))}
	case 6:
		return world.Reading{Station: id(1), Quantity: "level"}
	case 7:
		return world.Audited{Who: "x"}
	default:
		return world.VesselPosition{MMSI: id(2), Speed: float64(rapid.IntRange(0, 1).Draw(t, "speed")) * 7}
	}
}

// TestEqualsScan: the index answers what looking through the whole journal would,
// page by page.
func TestEqualsScan(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		b, at := &book{}, 0
		for range rapid.IntRange(0, 60).Draw(rt, "n") {
			at += rapid.IntRange(0, 900).Draw(rt, "pause")
			b.add(at, drawBody(rt))
		}
		x := read(rt, b, Options{})
		for _, kind := range []string{world.KindAlert, world.KindVessel, world.KindCamera, world.KindFence, world.KindPopup, world.KindStation} {
			for id := range 4 {
				r := world.NewRef(kind, fmt.Sprint(id))
				want := plainScan(b.events, r)
				var got []uint64
				before := uint64(0)
				for page := 0; ; page++ {
					a, err := x.Of(r, before, rapid.IntRange(1, 7).Draw(rt, "limit"))
					if err != nil || page > 100 {
						rt.Fatal(err, page)
					}
					for _, e := range a.Entries {
						got = append(got, e.Seq)
					}
					if before = a.Next; before == 0 {
						break
					}
				}
				if !slices.Equal(got, want) {
					rt.Fatalf("%s: %v, a scan finds %v", r, got, want)
				}
			}
		}
	})
}

// TestBounds: memory stays within its room, people's acts are not pushed out by
// ships, and the answer says from when on it is whole.
func TestBounds(t *testing.T) {
	b := &book{}
	for i := range 50 {
		b.add(i, world.AlertRaised{ID: fmt.Sprint(i)})
	}
	for i := range 20_000 {
		b.add(100+i, world.VesselPosition{MMSI: fmt.Sprint(i % 500), Speed: float64(i / 500 % 2 * 7)})
	}
	const room = 1 << 20
	x := read(t, b, Options{Room: room, Each: 10})
	if n, bytes := x.Size(); bytes > room || n > 20_000 {
		t.Errorf("%d events in %d bytes", n, bytes)
	}
	var sum int64
	seen := map[*Entry]bool{}
	for r, tr := range x.trails {
		if len(tr.entries) > 10 {
			t.Errorf("%s holds %d", r, len(tr.entries))
		}
		for _, e := range tr.entries {
			if !seen[e] {
				seen[e] = true
				sum += e.size()
			}
		}
	}
	if _, bytes := x.Size(); bytes != sum {
		t.Errorf("counts %d bytes, holds %d", bytes, sum)
	}
	if a := of(t, x, world.KindAlert, "0"); len(a.Entries) != 1 || a.From != 0 {
		t.Errorf("an alert was pushed out by ships: %+v", a)
	}
	a := of(t, x, world.KindVessel, "7")
	if len(a.Entries) == 0 || a.From == 0 || a.From > a.Entries[len(a.Entries)-1].Seen {
		t.Errorf("from %v with %d entries", a.From, len(a.Entries))
	}
}

// TestTail: after a restart records are known for ever, the rest from the tail on,
// and it is said.
func TestTail(t *testing.T) {
	b := &book{first: 11}
	b.add(0, world.AlertRaised{ID: "A"})
	for i := range 30 {
		b.add(1+i*3600, world.VesselPosition{MMSI: "5", Speed: 7})
	}
	b.add(31*3600, world.AlertResolved{ID: "A"})
	x := read(t, b, Options{Tail: 10})
	if a := of(t, x, world.KindAlert, "A"); kinds(a) != "alert.resolved alert.raised" || a.From != 0 {
		t.Errorf("%s from %v", kinds(a), a.From)
	}
	if a := of(t, x, world.KindVessel, "5"); len(a.Entries) != 9 || a.From != b.events[22].Seen {
		t.Errorf("%d entries from %v, want 9 from %v", len(a.Entries), a.From, b.events[22].Seen)
	}
}

// TestFollows: what comes later is there, and a stop ends it.
func TestFollows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &book{more: make(chan world.Event)}
		b.add(0, world.AlertRaised{ID: "A"})
		x, err := New(Options{Log: b})
		if err != nil {
			t.Fatal(err)
		}
		if a := of(t, x, world.KindAlert, "A"); !a.Reading {
			t.Error("before Run it does not say that it is reading")
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- x.Run(ctx) }()
		synctest.Wait()
		b.more <- world.Event{Seq: 2, Seen: 5, Observation: world.Observation{Time: 5, Body: world.AlertAcknowledged{ID: "A", Name: "Mai"}}}
		synctest.Wait()
		if a := of(t, x, world.KindAlert, "A"); kinds(a) != "alert.acknowledged alert.raised" || a.Reading {
			t.Errorf("%s, reading %v", kinds(a), a.Reading)
		}
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}
