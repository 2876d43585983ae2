package fence

import (
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"iocwall/geo"
	"iocwall/server/world"
)

const t0 = world.Time(1_763_690_000_000)

// circle is a fence of n corners around a place.
func circle(id string, at geo.Point, meters float64, n int) world.FenceSaved {
	ring := make([]geo.Point, 0, n+1)
	for i := range n {
		r := meters * (1 + 0.2*math.Sin(float64(i)/7))
		ring = append(ring, geo.Destination(at, 360*float64(i)/float64(n), r))
	}
	ring = append(ring, ring[0])
	return world.FenceSaved{Saved: world.Saved{ID: id, Name: id, Version: 1}, Near: 500, Margin: 50, Polygons: geo.MultiPolygon{{ring}}}
}

// told plays bodies through a state and a guard; what the guard says is applied
// behind the body that set it off.
type told struct {
	tb    testing.TB
	st    *world.State
	guard *Guard
	said  []string
}

func newTold(tb testing.TB, fences ...world.FenceSaved) *told {
	x := &told{tb: tb, st: world.New(1)}
	x.guard, _ = New(x.st, t0, slog.New(slog.DiscardHandler))
	for _, f := range fences {
		x.say(t0, f)
	}
	return x
}

// tick tells the guard the time.
func (x *told) tick(now world.Time) {
	for _, o := range x.guard.Tick(now) {
		x.say(o.Time, o.Body)
	}
}

func (x *told) say(at world.Time, b world.Body) {
	c, err := x.st.Apply(world.Event{Seq: x.st.At().Seq + 1, Seen: t0, Observation: world.Observation{Time: at, Body: b}})
	if err != nil {
		x.tb.Fatal(err)
	}
	for _, o := range x.guard.Note(c) {
		x.say(o.Time, o.Body)
		f := o.Body.(world.FenceCrossed)
		x.said = append(x.said, fmt.Sprintf("%s %s %s", f.About.ID(), f.Fence, f.State))
	}
}

// In whatever order positions come, and however often, a vessel ends in the same
// fences.
func TestOrderDoesNotMatter(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	fences := []world.FenceSaved{circle("a", geo.Pt(108, 16), 3000, 40), circle("b", geo.Pt(108.03, 16), 3000, 40)}
	for round := range 200 {
		type fix struct {
			at  world.Time
			pos geo.Point
		}
		var fixes []fix
		for i := range 12 {
			fixes = append(fixes, fix{t0 + world.Time(i*10_000), geo.Pt(107.95+0.13*rnd.Float64(), 15.98+0.04*rnd.Float64())})
		}
		var want []string
		for turn := range 6 {
			x := newTold(t, fences...)
			list := slices.Concat(fixes, fixes[:3])
			if turn > 0 {
				rnd.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
			}
			for _, f := range list {
				x.say(f.at, world.VesselPosition{MMSI: "1", Pos: f.pos})
			}
			v, _ := x.st.Vessel("1")
			var got []string
			for _, s := range v.Fences {
				// Between the edge and its margin the way counts, which a late
				// position may not rewrite; beyond it only the place does.
				if s.State == world.FenceInside && slices.Contains(x.guard.watch.Inside(v.Last.Pos), s.Fence) {
					got = append(got, s.Fence)
				}
			}
			if turn == 0 {
				want = got
			} else if !slices.Equal(got, want) {
				t.Fatalf("round %d: in %v, in order in %v", round, got, want)
			}
		}
	}
}

// What the state holds after any history is what a guard made of it would say.
func TestANewGuardAgrees(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	x := newTold(t)
	for i := range 3000 {
		at := t0 + world.Time(i)*1000
		x.tick(at)
		switch k := rnd.IntN(100); {
		case k < 3:
			id := strconv.Itoa(rnd.IntN(4))
			f := circle(id, geo.Pt(108+0.05*rnd.Float64(), 16), 2000+2000*rnd.Float64(), 30)
			was, _ := x.st.Fence(id)
			f.Version, f.Dwell = was.Is.Version+1, int64(rnd.IntN(2)*rnd.IntN(100_000))
			if f.Removed = k == 0; f.Removed {
				f.Polygons = nil
			}
			x.say(at, f)
		case k < 5:
			v, _ := x.st.Vessel(strconv.Itoa(rnd.IntN(10)))
			x.say(at, world.EntityStale{Ref: v.Ref(), Last: v.Time, Limit: 1})
		case k < 6:
			x.say(at, world.EntityGone{Ref: world.NewRef(world.KindVessel, strconv.Itoa(rnd.IntN(10)))})
		default:
			x.say(at, world.VesselPosition{MMSI: strconv.Itoa(rnd.IntN(10)), Pos: geo.Pt(107.95+0.15*rnd.Float64(), 15.97+0.06*rnd.Float64())})
		}
		if i%50 == 0 {
			if _, missing := New(x.st, at, slog.New(slog.DiscardHandler)); len(missing) > 0 {
				t.Fatalf("after %d: a new guard says %+v", i, missing)
			}
		}
	}
	if len(x.said) < 100 {
		t.Errorf("only %d crossings", len(x.said))
	}
}

// What a position of a vessel under way costs the loop, with no fence, the two of
// the demonstration, and 500 of 1,000 corners.
func BenchmarkPosition(b *testing.B) {
	for _, n := range []int{0, 2, 500} {
		b.Run(strconv.Itoa(n)+"-fences", func(b *testing.B) {
			var fences []world.FenceSaved
			for i := range n {
				fences = append(fences, circle(strconv.Itoa(i), geo.Pt(107.5+0.1*float64(i%25), 15+0.1*float64(i/25)), 3000, 1000))
			}
			x := newTold(b, fences...)
			rnd := rand.New(rand.NewPCG(5, 6))
			const vessels = 2000
			at, mmsi := make([]geo.Point, vessels), make([]string, vessels)
			for i := range at {
				at[i], mmsi[i] = geo.Pt(107.4+2.6*rnd.Float64(), 15+2*rnd.Float64()), strconv.Itoa(574000000+i)
			}
			k := 0
			for b.Loop() {
				i := k % vessels
				at[i][0] += 5e-4 // ten seconds at ten knots
				if at[i][0] > 110 {
					at[i][0] = 107.4
				}
				x.guard.Note(world.Change{Effect: world.EffectPut, Event: world.Event{Observation: world.Observation{
					Time: t0 + world.Time(k), Body: world.VesselPosition{MMSI: mmsi[i], Pos: at[i]},
				}}})
				k++
			}
		})
	}
}
