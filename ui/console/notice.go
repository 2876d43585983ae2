package console

import (
	"slices"
	"strconv"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"iocwall/server/act"
	"iocwall/server/world"
	"iocwall/ui/console/chip"
	"iocwall/ui/console/find"
	"iocwall/ui/page"
)

const (
	// noticeLimit is how long a notice stays that is not critical; takenLimit how
	// long one whose alert somebody took.
	noticeLimit, takenLimit = 10 * time.Second, 4 * time.Second
	// noticeCards is how many are shown, the others are counted.
	noticeCards = 3
	// crowd is how many alerts within crowdTime are told one by one; more are told
	// as one.
	crowd, crowdTime = 5, 10 * time.Second
)

// notices are the cards that tell of new alerts, most urgent first. They lie over
// the page and never take the keyboard.
type notices struct {
	c    *Console
	root *fyne.Container
	list []*notice
	card []*card
	// known is how severe each alert was when it was last seen; an alert that gets
	// more severe is told again.
	known   map[string]int
	primed  bool
	version uint64
	recent  []time.Time // when alerts were told one by one
	more    *chip.Chip
	fit     int // how many cards the window has room for
	now     time.Time
}

// notice is one thing to tell.
type notice struct {
	// alert is empty for a group of alerts and for a word of the console.
	alert    string
	severity world.Severity
	title    string
	since    time.Time
	by       string // who took it
	count    [5]int // of a group, by rank
	until    time.Time
	sending  bool
}

func newNotices(c *Console) *notices {
	return &notices{c: c, root: container.NewWithoutLayout(), known: map[string]int{}}
}

// rebuild makes the cards anew, in another language or size.
func (n *notices) rebuild() {
	n.root = container.NewWithoutLayout()
	n.card = nil
	n.more = chip.New(hands{n.c}, chip.Face{Role: chip.Button}, n.openAll)
	n.arrange()
}

// refresh takes what is new and lets go of what is over.
func (n *notices) refresh(now time.Time) {
	n.now = now
	if n.c.base.State() == nil {
		return
	}
	was := n.sum()
	if v := n.c.base.Version(); !n.primed || v != n.version {
		n.version = v
		n.scan(now)
		n.primed = true
	}
	n.list = slices.DeleteFunc(n.list, func(x *notice) bool { return n.over(x, now) })
	n.repeat(now)
	if was != n.sum() {
		n.arrange()
	} else {
		n.lay() // a field may have got the keyboard under it
	}
}

// sum tells whether another picture is due.
func (n *notices) sum() (s [noticeCards + 1]notice) {
	for i, x := range n.list {
		if i == noticeCards {
			s[i].count[0] = len(n.list)
			break
		}
		s[i] = *x
	}
	return s
}

// scan looks for alerts that this console has not seen, and at those it tells of.
func (n *notices) scan(now time.Time) {
	var fresh []world.Alert
	open := map[string]world.Alert{}
	for _, a := range n.c.base.Alerts() {
		open[a.ID] = a
		rank := a.Severity.Rank()
		was, seen := n.known[a.ID]
		n.known[a.ID] = rank
		if n.primed && a.Taken == 0 && rank >= world.Warning.Rank() && (!seen || rank > was) {
			fresh = append(fresh, a)
		}
	}
	for id := range n.known {
		if _, is := open[id]; !is {
			delete(n.known, id)
		}
	}
	n.list = slices.DeleteFunc(n.list, func(x *notice) bool {
		a, is := open[x.alert]
		if x.alert == "" {
			return false
		}
		if is && a.Taken != 0 && x.by == "" {
			x.by, x.until = n.c.env.Lang.T("alerts.taken.at", "who", a.WhoTook(), "time", n.c.env.Lang.Clock(a.Taken.Std())), now.Add(takenLimit)
		}
		x.title = a.Title
		return !is
	})
	n.add(fresh, now)
}

// add tells of new alerts: one by one, or as one where they are many. A critical
// one is always told by itself.
func (n *notices) add(fresh []world.Alert, now time.Time) {
	if len(fresh) == 0 {
		return
	}
	n.recent = slices.DeleteFunc(n.recent, func(t time.Time) bool { return now.Sub(t) > crowdTime })
	worst := fresh[0]
	many := len(n.recent)+len(fresh) > crowd
	for _, a := range fresh {
		if a.Severity.Rank() > worst.Severity.Rank() {
			worst = a
		}
		n.list = slices.DeleteFunc(n.list, func(x *notice) bool { return x.alert == a.ID })
		switch {
		case a.Severity == world.Critical:
			n.list = append(n.list, &notice{alert: a.ID, severity: a.Severity, title: a.Title, since: a.Since.Std()})
		case many:
			g := n.group()
			g.count[a.Severity.Rank()]++
			g.until = now.Add(noticeLimit)
			if a.Severity.Rank() > g.severity.Rank() {
				g.severity = a.Severity
			}
		default:
			n.recent = append(n.recent, now)
			n.list = append(n.list, &notice{alert: a.ID, severity: a.Severity, title: a.Title, since: a.Since.Std(), until: now.Add(noticeLimit)})
		}
	}
	slices.SortStableFunc(n.list, func(a, b *notice) int {
		if d := b.severity.Rank() - a.severity.Rank(); d != 0 {
			return d
		}
		return b.since.Compare(a.since)
	})
	n.c.hear(worst.Severity, now)
	n.desktop(worst, len(fresh))
}

// group is the notice of many alerts, made if there is none.
func (n *notices) group() *notice {
	for _, x := range n.list {
		if x.alert == "" && x.count != [5]int{} {
			return x
		}
	}
	g := &notice{severity: world.Warning, since: n.now}
	n.list = append(n.list, g)
	return g
}

// desktop tells the desktop while the window is not in front.
func (n *notices) desktop(worst world.Alert, count int) {
	c := n.c
	if c.o.Front == nil || c.o.Front() {
		return
	}
	l := c.env.Lang
	title := l.T("severity." + string(worst.Severity))
	if count > 1 {
		title = l.T("shell.notice.many", "n", strconv.Itoa(count))
	}
	c.o.App.SendNotification(fyne.NewNotification(title, worst.Title))
}

// tell shows a word of the console itself.
func (n *notices) tell(text string) {
	n.list = append(n.list, &notice{severity: world.Notice, title: text, since: n.now})
	n.c.hear(world.Notice, n.now)
	n.arrange()
}

// over reports whether a notice has been told.
func (n *notices) over(x *notice, now time.Time) bool {
	if x.alert != "" && n.c.Where() == (page.Link{Kind: world.KindAlert, ID: x.alert}) {
		return true // it is what the page shows
	}
	for _, k := range n.card {
		if k.of == x && k.hover {
			x.until = laterOf(x.until, now.Add(time.Second))
		}
	}
	return !x.until.IsZero() && !now.Before(x.until)
}

// laterOf keeps a zero time, which never comes.
func laterOf(a, b time.Time) time.Time {
	if a.IsZero() || a.After(b) {
		return a
	}
	return b
}

// repeat lets a critical alert be heard again until somebody takes it.
func (n *notices) repeat(now time.Time) {
	if now.Sub(n.c.sound.last) < repeatGap {
		return
	}
	for _, x := range n.list {
		if x.alert != "" && x.severity == world.Critical && x.by == "" {
			n.c.hear(world.Critical, now)
			return
		}
	}
}

// first is the notice that keys act on: the most urgent of an alert.
func (n *notices) first() *notice {
	for _, x := range n.list {
		if x.alert != "" && x.by == "" {
			return x
		}
	}
	return nil
}

// take acknowledges the alert of the first notice.
func (n *notices) take() {
	if x := n.first(); x != nil {
		n.acknowledge(x)
	}
}

func (n *notices) acknowledge(x *notice) {
	if x.sending || !n.c.desk.May("alert.acknowledge") {
		return
	}
	x.sending = true
	n.c.ask(act.AcknowledgeAlert{Alert: x.alert}, func(r world.Receipt) {
		x.sending = false
		n.c.refused(r)
		n.arrange()
	})
	n.arrange()
}

// open shows the alert of the first notice.
func (n *notices) open() {
	if x := n.first(); x != nil {
		n.show(x)
	} else if len(n.list) > 0 {
		n.show(n.list[0])
	}
}

// show opens what a notice tells of; it has been seen then.
func (n *notices) show(x *notice) {
	n.dismiss(x)
	if x.alert != "" {
		n.c.Open(page.Link{Kind: world.KindAlert, ID: x.alert})
	} else if x.count != [5]int{} {
		n.openAll()
	}
}

// openAll opens the page that shows alerts.
func (n *notices) openAll() {
	for _, k := range n.c.offered() {
		if slices.Contains(k.Links, world.KindAlert) {
			n.c.Open(page.Link{Kind: find.KindPage, ID: k.ID})
			return
		}
	}
}

// dismiss takes a notice away.
func (n *notices) dismiss(x *notice) {
	n.list = slices.DeleteFunc(n.list, func(o *notice) bool { return o == x })
	n.arrange()
}
