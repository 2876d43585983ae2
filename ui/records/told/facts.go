package told

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"iocwall/geo"
	"iocwall/server/world"
	"iocwall/ui/signal/health"
	"iocwall/ui/words"
)

// Fact is one named sentence of a thing.
type Fact struct{ Name, Text string }

// teller writes the facts of a thing at a time.
type teller struct {
	l   *words.Lang
	st  *world.State
	now world.Time
	out []Fact
}

func (t *teller) add(key, text string) {
	if text != "" {
		t.out = append(t.out, Fact{t.l.T(key), text})
	}
}

// ago is a moment with how long ago it was.
func (t *teller) ago(at world.Time) string {
	if at == 0 {
		return ""
	}
	return t.l.T("detail.ago", "time", t.l.Stamp(at.Std(), t.now.Std()), "age", t.l.Age(t.now.Sub(at).Truncate(time.Second)))
}

func (t *teller) in(id string) { t.add("detail.area", AreaOf(t.st, id)) }

// Tell returns what is known of a thing.
func Tell(l *words.Lang, st *world.State, e world.Entity, now world.Time) []Fact {
	t := &teller{l: l, st: st, now: now}
	switch x := e.(type) {
	case world.Alert:
		t.alert(x)
	case world.Camera:
		t.camera(x)
	case world.Vessel:
		t.vessel(x)
	case world.Station:
		t.station(x)
	case world.Report:
		t.report(x)
	case world.Figure:
		t.figure(x)
	default:
		t.other(e)
	}
	if at, ok := PlaceOf(st, e); ok {
		t.add("detail.place", l.Position(at[1], at[0]))
	}
	return t.out
}

// PlaceOf is where a thing is; an alert is where what it is about is.
func PlaceOf(st *world.State, e world.Entity) (geo.Point, bool) {
	if at, ok := e.Place(); ok && geo.Valid(at) {
		return at, true
	}
	switch x := e.(type) {
	case world.Alert:
		if about, ok := st.Entity(x.About); ok {
			if at, ok := about.Place(); ok && geo.Valid(at) {
				return at, true
			}
		}
	case world.Fence:
		if b := x.Is.Polygons.Bound(); len(x.Is.Polygons) > 0 {
			return geo.Point{(b.Min[0] + b.Max[0]) / 2, (b.Min[1] + b.Max[1]) / 2}, true
		}
	case world.Clip:
		if c, ok := st.Camera(x.Camera); ok {
			return c.Place()
		}
	}
	return geo.Point{}, false
}

func (t *teller) alert(a world.Alert) {
	l := t.l
	t.add("detail.text", a.Text)
	value, limit := l.Against(a.Value, a.Limit, a.Unit)
	if f, ok := t.st.Figure(a.About.ID()); ok && a.About.Kind() == world.KindFigure && (a.Unit == "" || a.Unit == f.Unit) {
		if a.Value != nil {
			value = WithUnit(l, f, *a.Value)
		}
		if a.Limit != nil {
			limit = WithUnit(l, f, *a.Limit)
		}
	}
	t.add("alert.value", value)
	t.add("alert.limit", limit)
	t.add("alert.where", a.Where)
	t.add("alert.rule", a.RuleName())
	t.add("alert.since", t.ago(a.Since))
	if a.Taken != 0 {
		t.add("alert.taken", l.T("alerts.taken.at", "who", a.WhoTook(), "time", l.Stamp(a.Taken.Std(), t.now.Std())))
	} else if a.Open() {
		t.add("alert.taken", l.T("alerts.untaken.long"))
	}
	if a.Resolved != 0 {
		t.add("records.alert.over", strings.TrimPrefix(a.Why+" · ", " · ")+t.ago(a.Resolved))
	}
	if a.About != "" {
		t.add("alert.about", Named(l, t.st, a.About))
		if e, ok := t.st.Entity(a.About); ok {
			if x, is := e.(world.Station); is && x.Stale == 0 {
				t.add("records.column.readings", ReadingsOf(l, x))
			} else if s := Stand(l, t.st, e, t.now); s.Text != "" {
				t.add("detail.state", s.Text)
			}
		}
	}
	t.in(a.Area)
}

func (t *teller) camera(c world.Camera) {
	l, h := t.l, c.Health
	s := standCamera(l, c)
	t.add("detail.state", strings.TrimSuffix(s.Text+" · "+t.ago(h.Since), " · "))
	t.add("detail.reason", health.Behind(l, h))
	t.add("detail.cause", h.Cause)
	if h.Tries > 0 {
		t.add("records.tries", strconv.Itoa(h.Tries))
	}
	if h.FPS > 0 {
		t.add("records.stream", strings.TrimSpace(strings.ToUpper(h.Codec)+" "+strconv.Itoa(h.Width)+"×"+strconv.Itoa(h.Height)+" · "+l.Number(h.FPS, 0)+" "+l.T("records.fps")+" · "+l.Number(h.Kbps/1000, 1)+" Mbit/s"))
		t.add("records.loss", l.Percent(h.Loss*100, 1))
	}
	if c.Heading >= 0 && c.View > 0 {
		t.add("detail.heading", words.Heading(c.Heading)+" · "+l.Number(c.View, 0)+"°")
	}
	if c.Reach > 0 {
		t.add("records.reach", l.Distance(c.Reach))
	}
	if c.Turned != 0 {
		t.add("records.turned", strings.TrimSuffix(c.Turner+" · "+t.ago(c.Turned)+" · "+c.Preset, " · "))
	}
	if c.Replay > 0 {
		t.add("records.replay", l.Age(time.Duration(c.Replay)*time.Second))
	}
	t.add("records.column.site", c.Site)
	t.add("records.column.owner", AgencyOf(t.st, c.Owner))
	t.add("records.checked", t.ago(h.Checked))
	t.in(c.Area)
}

func (t *teller) vessel(v world.Vessel) {
	l := t.l
	t.add("records.column.type", CategoryOf(l, v))
	t.add("records.column.mmsi", v.MMSI)
	t.add("records.column.registration", v.Particulars.Registration)
	t.add("detail.callsign", v.Particulars.CallSign)
	if n := int(v.Particulars.Bow) + int(v.Particulars.Stern); n > 0 {
		t.add("detail.length", l.Number(float64(n), 0)+"\u00a0m")
	}
	if v.Time != 0 && v.Last.Speed >= 0 {
		way := l.Knots(v.Last.Speed)
		if v.Last.Course >= 0 {
			way += " · " + words.Heading(v.Last.Course)
		}
		t.add("detail.speed", way)
	}
	t.add("detail.destination", v.Voyage.Destination)
	if v.Lost != 0 {
		t.add("detail.lost", t.ago(v.Lost))
	}
	for _, f := range v.Fences {
		t.add("detail.fence."+string(f.State), Named(l, t.st, world.NewRef(world.KindFence, f.Fence))+" · "+t.ago(f.Since))
	}
	t.add("detail.heard", t.ago(v.Time))
	t.add("detail.source", v.Source)
	t.in(v.Last.Area)
}

func (t *teller) station(x world.Station) {
	l := t.l
	t.add("records.column.type", StationKind(l, x.What))
	for _, r := range x.Readings {
		t.out = append(t.out, Fact{l.Quantity(r.Quantity), words.Qualified(string(r.Qualifier), reading(l, r.Reading)) + " · " + l.Stamp(r.Time.Std(), t.now.Std())})
	}
	if x.Stale != 0 {
		t.add("detail.stale", t.ago(x.Stale))
	}
	if x.Every > 0 {
		t.add("records.every", l.Age(time.Duration(x.Every)*time.Millisecond))
	}
	t.add("records.column.owner", AgencyOf(t.st, x.Owner))
	t.in(x.Area)
}

func (t *teller) report(r world.Report) {
	l := t.l
	t.add("detail.service", ServiceOf(l, r.Service))
	t.add("detail.state", l.T("records.report."+string(r.State))+" · "+t.ago(r.Changed))
	t.add("detail.opened", t.ago(r.Opened))
	if r.Due != 0 && !r.State.Closed() {
		t.add("detail.due", l.Stamp(r.Due.Std(), t.now.Std())+" · "+l.Deadline(r.Due.Std(), t.now.Std()))
	}
	t.add("detail.agency", AgencyOf(t.st, r.Agency))
	t.add("records.column.channel", ChannelOf(l, r.Channel))
	if r.Subject != "" {
		t.add("records.sender", l.T("records.sender.kept"))
	}
	t.in(r.Area)
}

func (t *teller) figure(f world.Figure) {
	l, last := t.l, f.Last
	value := "— · " + l.T("detail.novalue")
	if last.Value != nil {
		value = FigureValue(l, f)
	}
	t.add("alert.value", value)
	t.add("records.column.period", last.Label)
	if f.Target != nil {
		t.add("records.column.target", WithUnit(l, f, *f.Target))
		if last.Value != nil {
			t.add("records.gap", gapOf(l, f, *last.Value-*f.Target))
		}
	}
	t.add("records.column.wrong", last.Fault)
	if last.Want > 0 {
		t.add("records.whole", strconv.Itoa(last.Have)+"/"+strconv.Itoa(last.Want)+" "+last.WantOf)
	}
	for _, p := range last.Parts {
		t.out = append(t.out, Fact{p.Label, l.Number(p.Value, f.Decimals)})
	}
	t.add("records.note", last.Note)
	t.add("records.column.owner", f.OwnerName)
	t.add("detail.heard", t.ago(f.Time))
	t.add("detail.source", f.Source)
	t.in(f.Area)
}

// gapOf is how far a value is from its target: percents differ by points.
func gapOf(l *words.Lang, f world.Figure, by float64) string {
	key, n := "records.gap.above", WithUnit(l, f, math.Abs(by))
	if f.Unit == "%" {
		n = l.Points(by, f.Decimals)
	}
	if by < 0 {
		key = "records.gap.below"
	}
	return l.T(key, "n", n)
}

func (t *teller) other(e world.Entity) {
	l := t.l
	switch x := e.(type) {
	case world.Fence:
		t.add("detail.purpose", PurposeOf(l, x.Is.Purpose))
		t.add("detail.inside", t.inside(x.Is.ID))
		if x.Is.Near > 0 {
			t.add("detail.near", l.Distance(x.Is.Near))
		}
		if x.Is.Dwell > 0 {
			t.add("detail.dwell", l.AgeWord(time.Duration(x.Is.Dwell)*time.Millisecond))
		}
		t.add("detail.saved", strings.TrimPrefix(By(l, x.Is.By)+" · ", " · ")+t.ago(x.Time))
	case world.Node:
		t.add("detail.state", strings.TrimSuffix(standOther(l, t.st, x).Text+" · "+t.ago(x.Since), " · "))
		t.add("records.column.wrong", strings.Join(append(slices.Clone(x.Problems), x.Reason), " · "))
		t.add("records.pictures", x.Pictures)
		if x.Reported != 0 {
			t.add("records.column.cpu", l.Percent(x.CPU*100, 0))
			t.add("records.column.memory", l.Number(float64(x.Memory)/1e6, 0)+"\u00a0MB")
		}
		t.add("records.column.version", x.Version)
		t.add("detail.heard", t.ago(x.Reported))
	case world.SourceStatus:
		t.add("detail.state", standOther(l, t.st, x).Text+" · "+t.ago(x.Since))
		t.add("records.column.type", x.What)
		t.add("records.column.wrong", x.Reason)
		t.add("records.column.accepted", l.Int(int64(x.Accepted)))
		t.add("records.column.rejected", l.Int(int64(x.Rejected)))
		t.add("records.sample", x.Sample)
		if x.Lossy {
			t.add("records.column.lost", l.Int(int64(x.Lost))+" · "+l.T("records.lossy"))
		}
		t.add("detail.heard", t.ago(x.Time))
	case world.Scene:
		t.add("detail.state", standOther(l, t.st, x).Text)
		t.add("records.column.wall", x.Wall)
		t.add("records.column.tiles", strconv.Itoa(len(x.Tiles)))
		t.add("detail.saved", strings.TrimPrefix(By(l, x.By)+" · ", " · ")+t.ago(x.Time)+" · "+l.T("map.version", "n", strconv.Itoa(x.Version)))
	case world.Clip:
		t.clip(x)
	case world.Popup:
		t.add("detail.state", standOther(l, t.st, x).Text+" · "+t.ago(x.Since))
		t.add("records.column.zone", x.Placed)
		t.add("alert.rule", ruleOf(t.st, x))
		t.add("records.column.by", By(l, x.By))
	}
}

// ruleOf is why a popup is there: the name of its alert's rule, or what was said.
func ruleOf(st *world.State, x world.Popup) string {
	if a, ok := st.Alert(x.Alert); ok && a.Rule == x.Why {
		return a.RuleName()
	}
	return x.Why
}

func (t *teller) clip(x world.Clip) {
	l := t.l
	t.add("detail.state", standOther(l, t.st, x).Text+" · "+t.ago(max(x.Asked, x.Done)))
	t.add("records.column.camera", Named(l, t.st, world.NewRef(world.KindCamera, x.Camera)))
	t.add("records.clip.time", l.Stamp(x.From.Std(), t.now.Std())+" – "+l.ClockSeconds(x.To.Std()))
	if x.Ready() {
		t.add("records.column.size", l.Number(float64(x.Saved.Bytes)/1e6, 1)+"\u00a0MB · "+l.Int(int64(x.Saved.Frames))+" "+l.T("records.frames"))
		t.add("records.missing", l.Age(time.Duration(x.Saved.Missing)*time.Millisecond)+" · "+strconv.Itoa(x.Saved.Gaps))
		t.add("records.sha", x.Saved.SHA256)
	}
	wrong := x.Failure()
	t.add("records.column.wrong", l.Reason(wrong.Code, wrong.Text))
	t.add("records.column.by", x.Name)
	if x.Alert != "" {
		t.add("records.column.alert", Named(l, t.st, world.NewRef(world.KindAlert, x.Alert)))
	}
	t.add("records.note", x.Note)
	t.in(x.Area)
}

// inside are the vessels in a fence, some by name.
func (t *teller) inside(fence string) string {
	var names []string
	for v := range t.st.Vessels() {
		if slices.ContainsFunc(v.Fences, func(f world.FenceStay) bool { return f.Fence == fence && f.State == world.FenceInside }) {
			names = append(names, NameOf(t.l, t.st, v))
		}
	}
	slices.Sort(names)
	text := strconv.Itoa(len(names))
	if n := len(names); n > 0 {
		text += ": " + strings.Join(names[:min(n, 5)], ", ")
		if n > 5 {
			text += ", …"
		}
	}
	return text
}

// Seeing are at most n cameras that see a place, the best first; by where they look
// and how far they see.
func Seeing(st *world.State, at geo.Point, n int) []world.Camera {
	type seen struct {
		world.Camera
		sight world.Sight
		away  float64
	}
	var all []seen
	for _, c := range st.Cameras() {
		if s, away := c.Sight(at); s != world.Blind {
			all = append(all, seen{c, s, away})
		}
	}
	slices.SortFunc(all, func(a, b seen) int {
		return cmp.Or(-cmp.Compare(a.sight, b.sight), cmp.Compare(a.away, b.away), cmp.Compare(a.ID, b.ID))
	})
	out := make([]world.Camera, 0, n)
	for _, c := range all[:min(n, len(all))] {
		out = append(out, c.Camera)
	}
	return out
}
