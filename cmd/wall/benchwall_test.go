//go:build xvfb

package main_test

import (
	"fmt"
	"math/rand/v2"
	"syscall"
	"testing"
	"time"

	"iocwall/server/world"
)

// The limits of the wall: what its makers promise.
const (
	skewLimit   = 60 * time.Millisecond
	switchLimit = 800 * time.Millisecond
	switches27  = 24
)

// ratio prints a measure beside its limit in the form of the table of ratios.
func ratio(name string, ours, limit time.Duration, text string) {
	fmt.Printf("\nRATIO %s %.2f (ours %.0f ms, limit %.0f ms; %s; load %s)\n", name, float64(ours)/float64(limit), ms(ours), ms(limit), text, load())
}

// two scenes of cameras, a map over several computers, and figures; no screen keeps
// its tile or its camera from one to the other.
func twoScenes() (a, b scenery) {
	return scene27("a", 0, "5-15", []int{5, 6, 14, 15}, 9), scene27("b", 9, "1-12", []int{1, 2, 3, 10, 11, 12}, 26)
}

// warmWall starts the wall with two scenes, shows the first and waits until all its
// cameras run well.
func warmWall(b *testing.B) (w *wall27, one, two scenery) {
	b.Helper()
	one, two = twoScenes()
	w = newWall27(b, plan27{scenes: []scenery{one, two}})
	w.begin(one)
	w.measure(one)
	time.Sleep(5 * time.Second) // the first seconds catch up with the relay's kept pictures
	return w, one, two
}

// BenchmarkWallSwitch switches a wall of 27 screens and twelve computers between two
// scenes and takes from the pixels of all screens when each of them changed.
func BenchmarkWallSwitch(b *testing.B) {
	w, one, two := warmWall(b)
	for b.Loop() {
		var m measured
		for i := range switches27 {
			m.add(b, w, [2]scenery{two, one}[i%2])
		}
		m.print(b)
	}
}

// measured are the times of some switches.
type measured struct {
	skew, nodes, answer, all, marks []time.Duration
	reported, clock, paint          []time.Duration
	blind                           time.Duration
	// stamps are the spreads of the computers' own stamps, before they paint.
	stamps []time.Duration
}

// add switches to a scene and waits until it is on all screens.
func (m *measured) add(tb testing.TB, w *wall27, to scenery) {
	tb.Helper()
	time.Sleep(time.Second + time.Duration(rand.IntN(400))*time.Millisecond)
	seen := watch(w.await(to, true), 20*time.Second)
	began := time.Now()
	answer, err := w.show(to.id)
	if err != nil {
		tb.Fatal(err)
	}
	c := seen()
	if c.err != nil {
		tb.Fatal(c.err)
	}
	_, marked := c.bounds(func(s sighting) time.Time { return s.marked })
	m.skew, m.nodes = append(m.skew, c.spread()), append(m.nodes, c.nodeSpread())
	m.answer, m.all = append(m.answer, answer), append(m.all, c.last().Sub(began))
	m.marks = append(m.marks, marked.Sub(began))
	m.blind = max(m.blind, c.blind)
	on := w.reports(to.id)
	if len(on.Nodes) > 1 {
		m.stamps = append(m.stamps, time.Duration(on.Skew)*time.Millisecond)
	}
	for _, n := range on.Nodes {
		m.reported = append(m.reported, time.Duration(n.After)*time.Millisecond)
		m.clock = append(m.clock, time.Duration(n.Clock)*time.Millisecond)
		m.paint = append(m.paint, time.Duration(n.Paint)*time.Millisecond)
	}
}

// reports waits a moment for what the computers say of the switch.
func (w *wall27) reports(scene string) world.Switch {
	for end := time.Now().Add(3 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		on := w.wall().On
		if on.Scene == scene && len(on.Nodes) == len(perNode) || time.Now().After(end) {
			return on
		}
	}
}

func (m *measured) print(b *testing.B) {
	blind := fmt.Sprintf("looked at every %.0f ms or more often", ms(m.blind))
	_, p95, text := spreads(b, m.skew)
	b.ReportMetric(ms(p95), "skew-p95-ms")
	ratio("wall-skew-p95", p95, skewLimit, "first to last of 27 screens, from pixels: "+text+"; "+blind)
	_, p95, text = spreads(b, m.nodes)
	ratio("wall-skew-nodes-p95", p95, skewLimit, "first to last of 12 computers, from pixels: "+text)
	_, p95, text = spreads(b, m.all)
	b.ReportMetric(ms(p95), "switch-p95-ms")
	_, _, marks := spreads(b, m.marks)
	_, _, answer := spreads(b, m.answer)
	ratio("wall-switch-p95", p95, switchLimit, "command to all 27 screens changed and all cameras seen: "+text+"; tiles alone: "+marks+"; the answer: "+answer)
	if len(m.reported) == 0 {
		fmt.Println("the computers report nothing of their switches")
		return
	}
	_, p95, text = spreads(b, m.stamps)
	ratio("wall-skew-stamps-p95", p95, skewLimit, "first to last of 12 computers, from the stamps of their frames, painting apart: "+text)
	for name, all := range map[string][]time.Duration{"after": m.reported, "clock-error": m.clock, "paint": m.paint} {
		_, p95, text := spreads(b, all)
		fmt.Printf("MEASURED wall-node-%s-p95 %.0f ms (by the computers' own reports: %s)\n", name, ms(p95), text)
	}
}

// pops is how often an alert pops up, losses how many computers are killed.
const (
	pops, losses = 8, 3
	popLimit     = time.Second
	lossLimit    = 5 * time.Second
)

// BenchmarkWallPopup measures from the reading that raises an alert to the picture of
// the camera that sees the place, in the zone. The camera runs elsewhere on the wall,
// so the relay has it.
func BenchmarkWallPopup(b *testing.B) {
	w, one, _ := warmWall(b)
	for b.Loop() {
		var up, down []time.Duration
		for range pops {
			time.Sleep(time.Second)
			began := time.Now()
			w.level(4.5)
			up = append(up, w.seen(began, alarmCamera, zone27Left, zone27Right))
			time.Sleep(2 * time.Second)
			began = time.Now()
			w.level(3)
			down = append(down, w.changed(began, one))
		}
		_, p95, text := spreads(b, up)
		_, _, back := spreads(b, down)
		b.ReportMetric(ms(p95), "popup-p95-ms")
		ratio("wall-popup-p95", p95, popLimit, "reading sent to the camera's picture in the zone: "+text+"; given back: "+back)
	}
}

// BenchmarkWallLoss kills computers and measures until their important tiles are on
// the spare screen, with the pictures of their cameras.
func BenchmarkWallLoss(b *testing.B) {
	w, one, _ := warmWall(b)
	for b.Loop() {
		var all, back []time.Duration
		for _, i := range []int{0, 1, 9}[:losses] { // those with important tiles
			began := time.Now()
			w.kill(i)
			for _, t := range one.tiles {
				if t.important && w.panes[t.first[0]-1].node == i {
					all = append(all, w.seen(began, t.camera(), spare27))
				}
			}
			began = time.Now()
			w.boot(i)
			back = append(back, w.changed(began, one))
		}
		_, p95, text := spreads(b, all)
		_, _, again := spreads(b, back)
		b.ReportMetric(ms(p95), "loss-p95-ms")
		ratio("wall-node-loss-p95", p95, lossLimit, "killed to its cameras' pictures on the spare screen: "+text+"; started again to all as before: "+again)
	}
}

// kill ends the i-th computer as a loss of power does; its X server goes on.
func (w *wall27) kill(i int) {
	w.nodes[i].signal(syscall.SIGKILL)
	<-w.nodes[i].ended
	w.nodes[i] = nil
}

// seen waits for a fresh picture of the camera on one of the screens and returns how
// long that took.
func (w *wall27) seen(began time.Time, cam int, screens ...int) time.Duration {
	w.tb.Helper()
	for time.Since(began) < 20*time.Second {
		for _, n := range screens {
			p := w.panes[n-1]
			now := time.Now()
			if _, ok := find(p.glass.grab(p.rect), now, w.cams[cam-1]); ok {
				return now.Sub(began)
			}
		}
		time.Sleep(pollGap)
	}
	w.tb.Fatalf("camera %d is not on the screens %v within twenty seconds", cam, screens)
	return 0
}

// changed waits until all screens show the scene and its cameras.
func (w *wall27) changed(began time.Time, to scenery) time.Duration {
	w.tb.Helper()
	c := watch(w.await(to, true), time.Minute)()
	if c.err != nil {
		w.tb.Fatal(c.err)
	}
	return c.last().Sub(began)
}
