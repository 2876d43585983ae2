package main_test

import (
	"fmt"
	"slices"
	"testing/synctest"
	"time"

	"iocwall/server/act"
	"iocwall/server/world"
)

// early is how long before the instant of a change no screen may show it: clocks are
// told in whole milliseconds, so a computer may take the server's for one ahead.
const early = 2 * time.Millisecond

// inStep shows a scene and looks at all screens just before the instant of the change
// and at that very instant: none may change early, none late.
func (s *shift) inStep(d *shiftDesk, a act.Act, to map[int][]string, step string) {
	s.tb.Helper()
	asked := time.Now()
	d.must(a)
	on := s.center.wall().On
	at := on.At.Std()
	if len(on.Late) > 0 {
		s.tb.Errorf("%s: %v were late", step, on.Late)
	}
	if wait := time.Until(at.Add(-early)); wait > 0 {
		time.Sleep(wait)
		synctest.Wait()
		s.check(step + ": just before the change")
	} else {
		s.tb.Errorf("%s: the answer came %v after the change", step, -wait)
	}
	s.want = to
	time.Sleep(time.Until(at))
	synctest.Wait()
	s.check(step + ": at the instant of the change")
	time.Sleep(3 * time.Second)
	s.check(step)
	on = s.center.wall().On
	if len(on.Nodes) != len(perNode) || on.Skew != 0 {
		s.tb.Errorf("%s: %d computers told of the switch, %d ms apart; want 12 and no time between them", step, len(on.Nodes), on.Skew)
	}
	for _, n := range on.Nodes {
		if n.After != 0 {
			s.tb.Errorf("%s: %s changed %d ms after the instant", step, n.Node, n.After)
		}
	}
	s.tb.Logf("%s: %v from the command to the change", step, at.Sub(asked))
}

func (s *shift) switches() {
	s.inStep(s.mai, act.ShowScene{Wall: "main", Scene: "dem"}, s.scene("dem"), "the scene of the night")
	s.inStep(s.lan, act.ShowScene{Wall: "main", Scene: "don"}, s.scene("don"), "cameras alone")
	s.inStep(s.mai, act.UndoScene{Wall: "main"}, s.scene("dem"), "a step back")
	s.inStep(s.mai, act.UndoScene{Wall: "main"}, s.scene("ngay"), "another step back")
	s.mai.refused(act.ShowScene{Wall: "main", Scene: "khong-co"}, "khong-co")
	s.check("after a scene that there is not")
}

// over is what the screens show while the popups of the history lie in the zone:
// their tiles, as the history has them, and the scene everywhere else.
func (s *shift) over(id string) map[int][]string {
	out := s.scene(id)
	for _, n := range []int{7, 8, 16, 17} {
		out[n] = nil
	}
	for _, t := range s.center.wall().On.Tiles {
		if t.Layer == world.LayerPopup {
			for _, n := range s.screensOf(t.Tile) {
				out[n] = append(out[n], t.ID)
			}
		}
	}
	return out
}

func (s *shift) level(v float64) {
	s.center.put("gauge", world.Reading{Station: "cau-lau", Quantity: "level", Value: v, Unit: "m"})
}

func (s *shift) alarm() {
	before := s.center.wall().On.Generation
	s.level(4.5)
	for range 100 {
		if s.center.wall().On.Generation > before {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	s.want = s.over("ngay")
	s.within(time.Second, "the alarm pops up")
	var cams []string
	for _, t := range s.center.wall().On.Tiles {
		if t.Layer == world.LayerPopup && t.Kind == "camera" {
			cams = append(cams, t.Param("camera"))
		}
	}
	slices.Sort(cams)
	if !slices.Equal(cams, []string{"cam-13", "cam-26"}) {
		s.tb.Errorf("the cameras %v popped up, want those two that see the place", cams)
	}
	ask := world.PopupAsked{ID: "ghi-chu", Wall: "main", Zone: "bao-dong", Title: "Ghi chú", Priority: 10, Tiles: []world.Tile{
		{ID: "n", Kind: "note", Params: []world.Param{{Key: "text", Value: "Đoàn kiểm tra đến lúc 9 giờ"}, {Key: "title", Value: "Ghi chú"}}},
	}}
	s.lan.must(act.OpenPopup{Popup: ask})
	time.Sleep(5 * time.Second)
	s.check("a popup that is less important waits")
	time.Sleep(40 * time.Second)
	s.check("the alarm stays")
	before = s.center.wall().On.Generation
	s.level(3)
	for range 500 {
		if s.center.wall().On.Generation > before {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	s.want = s.over("ngay")
	if n := len(s.want[7]); n != 1 || s.want[7][0] != "popup:ghi-chu:1" {
		s.tb.Errorf("the zone shows %v on its first screen, want the popup that waited", s.want[7])
	}
	s.within(2*time.Second, "the alarm is over: the popup that waited has the zone")
	s.lan.must(act.ClosePopup{Popup: "ghi-chu"})
	s.want = s.scene("ngay")
	s.within(2*time.Second, "the zone shows again what it showed before")
}

func (s *shift) locks() {
	s.mai.must(act.LockTile{Wall: "main", Tile: "a-04"})
	s.lan.refused(act.UnlockTile{Wall: "main", Tile: "a-04"}, "Mai")
	s.lan.refused(act.LockTile{Wall: "main", Tile: "a-04"}, "Mai")
	s.inStep(s.lan, act.ShowScene{Wall: "main", Scene: "dem"}, put(s.scene("dem"), []string{"a-04"}, 4), "the locked tile stays")

	// A locked tile in the zone keeps it from what pops up.
	s.mai.must(act.LockTile{Wall: "main", Tile: "b-08"})
	s.lan.must(act.OpenPopup{Popup: world.PopupAsked{ID: "p2", Wall: "main", Title: "x", Priority: 90, Tiles: []world.Tile{
		{ID: "n", Kind: "note", Params: []world.Param{{Key: "text", Value: "x"}, {Key: "title", Value: "x"}}},
	}}})
	time.Sleep(5 * time.Second)
	s.check("nothing pops up over a locked tile")
	s.mai.must(act.UnlockTile{Wall: "main", Tile: "b-08"})
	for range 200 {
		if slices.ContainsFunc(s.center.wall().On.Tiles, func(p world.Placed) bool { return p.Layer == world.LayerPopup }) {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	s.want = put(s.over("dem"), []string{"a-04"}, 4)
	s.within(2*time.Second, "what waited pops up once the lock is gone")
	s.lan.must(act.ClosePopup{Popup: "p2"})
	s.want = put(s.scene("dem"), []string{"a-04"}, 4)
	s.within(2*time.Second, "the zone is given back")

	// Two operators at once: both are answered, and all screens show the same one.
	answers := make(chan world.Receipt, 2)
	go func() { answers <- s.mai.ask(act.ShowScene{Wall: "main", Scene: "ngay"}) }()
	go func() { answers <- s.lan.ask(act.ShowScene{Wall: "main", Scene: "don"}) }()
	for range 2 {
		if r := <-answers; !r.OK && r.Reason == "" {
			s.tb.Errorf("an operator was refused without a reason: %+v", r)
		}
	}
	time.Sleep(5 * time.Second)
	switch on := s.center.wall().On; on.Scene {
	case "ngay":
		s.want = s.scene("ngay")
	case "don":
		s.want = put(s.scene("don"), []string{"a-04"}, 4)
	default:
		s.tb.Errorf("two operators at once: the wall shows %q", on.Scene)
	}
	s.check("two operators at once")
	s.mai.must(act.UnlockTile{Wall: "main", Tile: "a-04"})
	s.mai.ask(act.ShowScene{Wall: "main", Scene: "ngay"})
	s.want = s.scene("ngay")
	s.within(3*time.Second, "the day again")
}

// spared is what the wall of the day shows without some of its computers: their
// important tiles are on the spare screen.
func (s *shift) spared(moved []string, off ...int) map[int][]string {
	return put(put(s.scene("ngay"), moved, spare27), []string{dark}, off...)
}

func (s *shift) lostComputer() {
	s.crash(0)
	s.want = s.spared([]string{"a-01", "a-02"}, 1, 2)
	s.within(5*time.Second, "a computer is lost: its important tiles are on the spare screen")
	time.Sleep(30 * time.Second)
	s.check("they stay there")
	s.inStepWithout("pc-01", act.ShowScene{Wall: "main", Scene: "don"})
	s.want = put(put(s.scene("don"), []string{"c-01", "c-02"}, spare27), []string{dark}, 1, 2)
	s.within(2*time.Second, "another scene without that computer")
	s.mai.must(act.ShowScene{Wall: "main", Scene: "ngay"})
	s.want = s.spared([]string{"a-01", "a-02"}, 1, 2)
	s.within(2*time.Second, "and back")
	s.boot(0)
	s.want = s.scene("ngay")
	s.within(10*time.Second, "the computer is back: so are its tiles")
}

// inStepWithout shows a scene while a computer is lost: nobody waits for it.
func (s *shift) inStepWithout(node string, a act.Act) {
	s.tb.Helper()
	began := time.Now()
	s.mai.must(a)
	if took := time.Since(began); took > time.Second {
		s.tb.Errorf("without %s a switch took %v: was it waited for?", node, took)
	}
}

func (s *shift) silentComputer() {
	restore := s.net.silence("pc-09")
	s.want = put(s.scene("ngay"), []string{"a-18"}, spare27)
	s.within(5*time.Second, "a computer is silent: its important tile is on the spare screen too, and its own screens keep their picture")
	time.Sleep(20 * time.Second)
	s.check("it stays so")
	restore()
	s.want = s.scene("ngay")
	s.within(20*time.Second, "the cable is in again")
}

func (s *shift) lostServer() {
	before := s.center.wall().On.Generation
	s.center.close()
	time.Sleep(2 * time.Second)
	s.check("two seconds without the server")
	time.Sleep(time.Minute)
	s.check("a minute without the server: all screens keep their picture, the cameras run")
	s.center = openCenter(s.tb, s.dir, highWater(2, ", map: true"), s.net, s.ids)
	time.Sleep(30 * time.Second)
	s.check("the server is back")
	if g := s.center.wall().On.Generation; g != before {
		s.tb.Errorf("the wall was switched from %d to %d though nothing changed", before, g)
	}
	s.inStep(s.mai, act.ShowScene{Wall: "main", Scene: "dem"}, s.scene("dem"), "a switch after the server's return")
	s.inStep(s.mai, act.ShowScene{Wall: "main", Scene: "ngay"}, s.scene("ngay"), "and back")
}

// plug takes a monitor's cable out, or puts it in again.
func (s *shift) plug(screen int, in bool) {
	node, monitor := s.driver(screen)
	d := s.nodes[node].desk
	s.toolkit.now(func() { d.out[fmt.Sprintf("M%d", monitor+1)] = !in })
	d.changed <- struct{}{}
	time.Sleep(2 * time.Second)
}

func (s *shift) unplugged() {
	s.plug(10, false)
	s.want = put(s.want, []string{dark}, 10)
	s.check("a monitor without its cable")
	s.mai.must(act.ShowScene{Wall: "main", Scene: "dem"})
	s.want = put(s.scene("dem"), []string{dark}, 10)
	s.within(2*time.Second, "a switch without that monitor")
	s.plug(10, true)
	s.want = s.scene("dem")
	s.within(2*time.Second, "the cable is in again")
	s.mai.must(act.ShowScene{Wall: "main", Scene: "ngay"})
	s.want = s.scene("ngay")
	s.within(2*time.Second, "the day again")
}

func (s *shift) schedule() {
	// In Vietnam it is seven hours later than on the test's clock.
	now := time.Now().UTC().Add(7 * time.Hour)
	from := now.Hour()*60 + now.Minute() + 1
	b := world.ScheduleSaved{Wall: "main", Scenes: []string{"don"}, From: from, To: from + 3}
	b.ID, b.Name = "giao-ban", "Giao ban"
	s.mai.must(act.SaveSchedule{Schedule: b})
	time.Sleep(time.Until(time.Now().Truncate(time.Minute).Add(time.Minute)) - 200*time.Millisecond)
	s.check("before the hour of the schedule")
	s.want = s.scene("don")
	s.within(2*time.Second, "the hour of the schedule")
	s.mai.must(act.ShowScene{Wall: "main", Scene: "dem"})
	s.want = s.scene("dem")
	s.within(2*time.Second, "a person's choice")
	time.Sleep(61 * time.Second)
	s.check("holds against the schedule")
	s.mai.must(act.FollowSchedule{Wall: "main"})
	s.want = s.scene("don")
	s.within(2*time.Second, "until the schedule is followed again")
	s.mai.must(act.ShowScene{Wall: "main", Scene: "ngay"})
	s.want = s.scene("ngay")
	s.within(2*time.Second, "the day again")
	time.Sleep(2 * time.Minute)
	s.check("after the hours of the schedule")
}

func (s *shift) tooMuch() {
	// pc-04 has measured that it decodes a few small streams and no more.
	s.measured(3, 3)
	time.Sleep(time.Second)
	heavy := world.SceneSaved{ID: "nang", Wall: "main", Name: "Nặng"}
	for i := range 8 {
		heavy.Tiles = append(heavy.Tiles, s.tile(fmt.Sprintf("h-%d", i), "camera", "7-8", fmt.Sprintf("4x2:%d", i+1), "camera", fmt.Sprintf("cam-%02d", i+1)))
	}
	s.mai.must(act.SaveScene{Scene: heavy})
	s.mai.refused(act.ShowScene{Wall: "main", Scene: "nang"}, "pc-04")
	time.Sleep(3 * time.Second)
	s.check("a scene that is too much for a computer is refused")
}

// measured has a computer tell how many small streams it decodes.
func (s *shift) measured(node int, streams float64) {
	s.tb.Helper()
	n := s.nodes[node]
	r := world.NodeReported{Node: n.name, Version: "test", Budget: []world.Decoding{{Codec: "H264", Width: 640, Height: 360, FPS: 25, Streams: streams}}}
	if err := n.client.Send(act.Command{ID: fmt.Sprintf("report-%.0f", streams), Act: act.ReportNode{Report: r}}); err != nil {
		s.tb.Fatal(err)
	}
	time.Sleep(time.Second)
}

func (s *shift) testPictures() {
	tech := s.sit("Kỹ thuật", "technician")
	defer func() {
		tech.cancel()
		tech.wg.Wait()
	}()
	time.Sleep(2 * time.Second)
	s.mai.refused(act.TestWall{Wall: "main", Picture: world.TestIdentify, Seconds: 20}, "right")
	tech.must(act.TestWall{Wall: "main", Picture: world.TestIdentify, Seconds: 20})
	for n := 1; n <= screens27; n++ {
		s.want = put(s.want, []string{fmt.Sprintf("identify:%d", n)}, n)
	}
	s.within(3*time.Second, "each screen shows its number")
	s.want = s.scene("ngay")
	s.within(25*time.Second, "the numbers end by themselves")
	tech.must(act.TestWall{Wall: "main", Picture: world.TestPattern, Seconds: 60})
	for n := 1; n <= screens27; n++ {
		s.want = put(s.want, []string{"pattern"}, n)
	}
	s.within(3*time.Second, "the test picture is on all screens")
	tech.must(act.TestWall{Wall: "main"})
	s.want = s.scene("ngay")
	s.within(3*time.Second, "the test picture is ended by hand")
}
