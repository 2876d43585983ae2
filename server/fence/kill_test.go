package fence

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"iocwall/geo"
	"iocwall/server/world"
)

// loop applies bodies as the centre's loop does: batch by batch, with what a batch
// sets off in the next one. A kill loses what is not in a batch that was applied.
type loop struct {
	t     *testing.T
	st    *world.State
	guard *Guard
	queue []world.Observation
	now   world.Time
}

func (l *loop) publish() {
	batch := l.queue
	l.queue = nil
	for _, o := range batch {
		if o.Time == 0 {
			o.Time = l.now
		}
		was, _ := l.st.Vessel(about(o.Body))
		c, err := l.st.Apply(world.Event{Seq: l.st.At().Seq + 1, Seen: l.now, Observation: o})
		if err != nil {
			l.t.Fatal(err)
		}
		if b, ok := o.Body.(world.FenceCrossed); ok && c.Effect == world.EffectNone {
			if _, there := l.st.Vessel(b.About.ID()); there {
				l.t.Fatalf("%s %s %s (%s) is told again; the vessel is in %v", b.About.ID(), b.State, b.Fence, b.Why, was.Fences)
			}
		}
		l.queue = append(l.queue, l.guard.Note(c)...)
	}
}

func about(b world.Body) string {
	if b, ok := b.(world.FenceCrossed); ok {
		return b.About.ID()
	}
	return ""
}

func (l *loop) kill() {
	// The state is what the history gives.
	raw, err := l.st.Snapshot()
	if err != nil {
		l.t.Fatal(err)
	}
	if l.st, err = world.Restore(raw); err != nil {
		l.t.Fatal(err)
	}
	l.guard, l.queue = New(l.st, l.now, slog.New(slog.DiscardHandler))
}

// Whatever comes in whatever order, and wherever the program is killed, nothing is
// told twice, and in the end every vessel is where its position says.
func TestKillsAnywhere(t *testing.T) {
	for seed := range uint64(100) {
		rnd := rand.New(rand.NewPCG(seed, 7))
		l := &loop{t: t, st: world.New(1), now: t0}
		l.kill()
		for range 400 {
			l.now += world.Time(rnd.IntN(2000))
			switch k := rnd.IntN(100); {
			case k < 4:
				id := strconv.Itoa(rnd.IntN(3))
				was, _ := l.st.Fence(id)
				f := circle(id, geo.Pt(108+0.05*rnd.Float64(), 16), 1500+2000*rnd.Float64(), 12)
				f.Version, f.Near, f.Margin = was.Is.Version+1, float64(rnd.IntN(2)*800), 0
				f.Dwell = int64(rnd.IntN(2) * rnd.IntN(8000))
				switch rnd.IntN(6) {
				case 0:
					f.Removed, f.Polygons = true, nil
				case 1:
					f.From = l.now.Add(time.Duration(rnd.IntN(60)-20) * time.Second)
				case 2:
					f.Until = l.now.Add(time.Duration(rnd.IntN(60)-20) * time.Second)
				}
				l.queue = append(l.queue, world.Observation{Body: f})
				l.publish() // the next version is made of what stands
			case k < 7:
				if v, there := l.st.Vessel(strconv.Itoa(rnd.IntN(4))); there && v.Lost == 0 {
					l.queue = append(l.queue, world.Observation{Body: world.EntityStale{Ref: v.Ref(), Last: v.Time, Limit: 1}})
				}
			case k < 8:
				// Only who was silent for long is gone: nothing of it is on the way.
				l.publish()
				l.publish()
				l.queue = append(l.queue, world.Observation{Body: world.EntityGone{Ref: world.NewRef(world.KindVessel, strconv.Itoa(rnd.IntN(4)))}})
				l.publish()
			case k < 12:
				l.kill()
			case k < 40:
				l.publish()
			case k < 55:
				l.queue = append(l.queue, l.guard.Tick(l.now)...)
			default:
				at := l.now - world.Time(rnd.IntN(3)*rnd.IntN(5000)/1000*1000)
				l.queue = append(l.queue, world.Observation{Time: at, Body: world.VesselPosition{
					MMSI: strconv.Itoa(rnd.IntN(4)), Pos: geo.Pt(107.95+0.15*rnd.Float64(), 15.97+0.06*rnd.Float64()),
				}})
			}
		}
		for range 3 {
			l.publish()
		}
		// Every fence has begun, and who is inside has been so for long enough.
		for range 2 {
			l.now = l.now.Add(time.Minute)
			l.queue = l.guard.Tick(l.now)
			l.publish()
			l.publish()
		}
		l.check(seed)
	}
}

// check compares what the state says with where the vessels are.
func (l *loop) check(seed uint64) {
	for v := range l.st.Vessels() {
		in := map[string]bool{}
		for _, s := range v.Fences {
			in[s.Fence] = s.State == world.FenceInside
		}
		want := map[string]bool{}
		for _, f := range l.st.Fences() {
			on := (f.Is.From == 0 || f.Is.From <= l.now) && (f.Is.Until == 0 || l.now < f.Is.Until)
			if on && v.Lost == 0 && geo.Prepare(f.Is.Polygons).Contains(v.Last.Pos) {
				want[f.Is.ID] = true
			}
		}
		for _, f := range l.st.Fences() {
			if slices.ContainsFunc(v.Entering, func(s world.FenceStay) bool { return s.Fence == f.Is.ID }) {
				l.t.Errorf("seed %d: vessel %s is still entering %s: %v", seed, v.MMSI, f.Is.ID, v.Entering)
			}
			if in[f.Is.ID] != want[f.Is.ID] {
				l.t.Errorf("seed %d: vessel %s is in %s: %v, want %v (%+v)", seed, v.MMSI, f.Is.ID, in[f.Is.ID], want[f.Is.ID], f.Is.Saved)
			}
		}
		for id := range in {
			if _, there := l.st.Fence(id); !there {
				l.t.Errorf("seed %d: vessel %s is in %s, which is no fence: %s", seed, v.MMSI, id, fmt.Sprint(v.Fences))
			}
		}
	}
}
