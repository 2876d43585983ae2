package setup

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"iocwall/server/auth"
	"iocwall/server/reply"
	"iocwall/server/source"
	"iocwall/server/world"
)

const (
	// linesOfAll is how many of the newest lines are kept, linesOfOne how many of
	// one thing, things how many things; together a few megabytes at most.
	linesOfAll = 2000
	linesOfOne = 200
	things     = 1000
	// longestText bounds a message and a value.
	longestText = 500
)

// Line is one line of the log.
type Line struct {
	Seq   uint64     `json:"seq"`
	At    world.Time `json:"at"`
	Level string     `json:"level"`
	Text  string     `json:"text"`
	// About names what it is about, as in "source/ais1", empty for the server.
	About string  `json:"about,omitempty"`
	With  []Value `json:"with,omitempty"`
}

// Value is an attribute of a line.
type Value struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// Logbook keeps the newest lines of the log in memory: of all, and of each thing that
// lines are about, so that one that says much hides nothing of the others. It may be
// used from any goroutine.
type Logbook struct {
	mu    sync.Mutex
	seq   uint64
	all   ring
	of    map[string]*ring
	order []string // things, the one heard of longest ago first
}

// NewLogbook returns an empty logbook.
func NewLogbook() *Logbook {
	return &Logbook{all: ring{most: linesOfAll}, of: map[string]*ring{}}
}

// ring keeps the newest lines.
type ring struct {
	most  int
	lines []Line
	next  int
}

func (r *ring) add(l Line) {
	if len(r.lines) < r.most {
		r.lines = append(r.lines, l)
		return
	}
	r.lines[r.next] = l
	r.next = (r.next + 1) % r.most
}

// since returns at most n of the newest lines after a number, oldest first.
func (r *ring) since(seq uint64, n int) []Line {
	ordered := append(slices.Clone(r.lines[r.next:]), r.lines[:r.next]...)
	i, _ := slices.BinarySearchFunc(ordered, seq+1, func(l Line, want uint64) int {
		switch {
		case l.Seq < want:
			return -1
		case l.Seq > want:
			return 1
		}
		return 0
	})
	ordered = ordered[i:]
	return ordered[max(0, len(ordered)-n):]
}

func (b *Logbook) add(l Line) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.seq++
	l.Seq = b.seq
	b.all.add(l)
	if l.About == "" {
		return
	}
	r := b.of[l.About]
	if r == nil {
		if len(b.order) >= things {
			delete(b.of, b.order[0])
			b.order = b.order[1:]
		}
		r = &ring{most: linesOfOne}
		b.of[l.About] = r
		b.order = append(b.order, l.About)
	}
	r.add(l)
}

// Since returns at most n of the newest lines after a number, oldest first: of one
// thing, or of all for an empty one.
func (b *Logbook) Since(about string, seq uint64, n int) []Line {
	b.mu.Lock()
	defer b.mu.Unlock()
	if about == "" {
		return b.all.since(seq, n)
	}
	if r := b.of[about]; r != nil {
		return r.since(seq, n)
	}
	return nil
}

// About returns the things there are lines of, by name.
func (b *Logbook) About() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := slices.Clone(b.order)
	slices.Sort(out)
	return out
}

// Handler returns a handler that keeps each line here and hands it on to next.
func (b *Logbook) Handler(next slog.Handler) slog.Handler { return &tee{book: b, next: next} }

// tee is a handler that writes into a logbook, too.
type tee struct {
	book *Logbook
	next slog.Handler
	with []slog.Attr
	// prefix is that of the group the handler is in.
	prefix string
}

// Enabled is for slog: what people should know is kept whether or not it is printed.
func (t *tee) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelInfo || t.next.Enabled(ctx, l)
}

// Handle is for slog.
func (t *tee) Handle(ctx context.Context, r slog.Record) error {
	if r.Level >= slog.LevelInfo {
		l := Line{At: world.TimeOf(r.Time), Level: strings.ToLower(r.Level.String()), Text: tidy(r.Message)}
		for _, a := range t.with {
			l.take(t.prefix, a)
		}
		r.Attrs(func(a slog.Attr) bool { l.take(t.prefix, a); return true })
		t.book.add(l)
	}
	if !t.next.Enabled(ctx, r.Level) {
		return nil
	}
	return t.next.Handle(ctx, r)
}

// WithAttrs is for slog.
func (t *tee) WithAttrs(as []slog.Attr) slog.Handler {
	u := *t
	u.with, u.next = append(slices.Clone(t.with), as...), t.next.WithAttrs(as)
	return &u
}

// WithGroup is for slog.
func (t *tee) WithGroup(name string) slog.Handler {
	u := *t
	u.next = t.next.WithGroup(name)
	if name != "" {
		u.prefix = t.prefix + name + "."
	}
	return &u
}

// subjects are the attributes that say what a line is about, the first that a line
// has counts.
func subjects() []string {
	return []string{"camera", "source", "node", "wall", "layer", "clip", "client", "remote"}
}

// take adds an attribute.
func (l *Line) take(prefix string, a slog.Attr) {
	v := a.Value.Resolve()
	if v.Kind() == slog.KindGroup {
		for _, x := range v.Group() {
			l.take(prefix+a.Key+".", x)
		}
		return
	}
	if a.Key == "stack" {
		return
	}
	key := prefix + a.Key
	value := tidy(v.String())
	if rank := slices.Index(subjects(), key); rank >= 0 && value != "" {
		if at, _, named := strings.Cut(l.About, "/"); !named || rank < slices.Index(subjects(), at) {
			l.About = key + "/" + value
		}
	}
	if value != "" {
		l.With = append(l.With, Value{key, value})
	}
}

// tidy returns a text without what looks like a secret, bounded.
func tidy(text string) string { return clip(source.Redact(text), longestText) }

// GetLogs answers GET /api/setup/logs: the newest lines of one thing, or of all; since
// is the number of the newest line that is known already, limit how many are wanted.
func (s *Setup) GetLogs(w http.ResponseWriter, r *http.Request, _ auth.Identity) {
	q := r.URL.Query()
	since, err1 := strconv.ParseUint(orZero(q.Get("since")), 10, 64)
	limit, err2 := strconv.Atoi(orZero(q.Get("limit")))
	if err1 != nil || err2 != nil || limit < 0 {
		answer(w, refuse(http.StatusBadRequest, "setup.query", "since and limit are numbers"))
		return
	}
	if limit == 0 || limit > linesOfAll {
		limit = linesOfOne
	}
	out := struct {
		Lines []Line   `json:"lines"`
		About []string `json:"about"`
	}{[]Line{}, []string{}}
	if b := s.o.Logbook; b != nil {
		out.Lines = append(out.Lines, b.Since(q.Get("about"), since, limit)...)
		out.About = append(out.About, b.About()...)
	}
	reply.JSON(w, http.StatusOK, out)
}

func orZero(s string) string {
	if s == "" {
		return "0"
	}
	return s
}
