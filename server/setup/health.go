package setup

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"iocwall/server/auth"
	"iocwall/server/reply"
	"iocwall/server/settings"
	"iocwall/server/source"
	"iocwall/server/world"
)

// Facts are what the server knows of itself; see Options.Facts.
type Facts struct {
	// Seq is the number of the newest event; Full since when the history's disk is
	// full, zero while it is not.
	Seq  uint64
	Full time.Time
	// Free and Size are bytes of the disk that the data are on, Size zero for not
	// known.
	Free, Size uint64
	// Damaged are files of the history that were found damaged at the start.
	Damaged []string
	// Started is when the server did.
	Started time.Time
	// Alarms counts walls whose picture differed from the history, Overruns what
	// rules set off without end, Clamped observations of the future.
	Alarms, Overruns, Clamped uint64
	// Sources are the counts and the next try of each source.
	Sources []source.Counts
	// Expiring are tokens that open no door soon.
	Expiring []Expiry
	// Certificate is when the server's own ends, zero for none.
	Certificate time.Time
	// Clients is how many connections of the feed there are.
	Clients int
}

// Expiry is a token and when it ends.
type Expiry struct {
	Name, Role string
	Made, At   time.Time
}

// Item is one thing that is wrong: one cause, however much fails with it.
type Item struct {
	// ID names it as long as it lasts; Code says what it is and Values what belongs
	// to it: clients have the words.
	ID       string            `json:"id"`
	Severity world.Severity    `json:"severity"`
	Code     string            `json:"code"`
	Values   map[string]string `json:"values,omitempty"`
	Since    world.Time        `json:"since"`
	// AtLeast is set where it may have been so before Since: nobody looked then.
	AtLeast bool `json:"atLeast,omitempty"`
	// Next is when something will be tried again by itself, zero for never.
	Next world.Time `json:"next,omitempty"`
	// Things are what it is about, the first of them.
	Things []string `json:"things,omitempty"`
	Count  int      `json:"count,omitempty"`
	// Link is where in the console to look; Action what helps, empty for nothing
	// that can be done here, and Target what it is done to.
	Link   string `json:"link,omitempty"`
	Action string `json:"action,omitempty"`
	Target string `json:"target,omitempty"`

	dated bool // Since is told
}

// Count is how many of something are well.
type Count struct {
	Code string `json:"code"`
	Good int64  `json:"good"`
	Of   int64  `json:"of"`
	// Values are what belongs to it.
	Values map[string]string `json:"values,omitempty"`
}

// Health is what is wrong now, the worst first, and how many of each are well.
type Health struct {
	At       world.Time `json:"at"`
	Items    []Item     `json:"items"`
	Overview []Count    `json:"overview"`
	// Feed is where computers of the wall reach the server, as the client that asks
	// reaches it.
	Feed string `json:"feed"`
}

// feedOf returns the address of the feed by the name the client asked for.
func feedOf(r *http.Request, c *settings.Config) string {
	if r.TLS != nil || c.TLS.Proxy {
		return "wss://" + r.Host + "/feed"
	}
	return "ws://" + r.Host + "/feed"
}

// GetHealth answers GET /api/setup/health.
func (s *Setup) GetHealth(w http.ResponseWriter, r *http.Request, _ auth.Identity) {
	j, err := s.look(r.Context())
	if err != nil {
		reply.Error(w, http.StatusServiceUnavailable, err)
		return
	}
	slices.SortStableFunc(j.items, worse)
	reply.JSON(w, http.StatusOK, Health{At: j.now, Items: append([]Item{}, j.items...), Overview: j.overview, Feed: feedOf(r, s.o.Running())})
}

// worse orders items: the most severe first, then what most fails with, then what
// lasts longest.
func worse(a, b Item) int {
	switch {
	case a.Severity != b.Severity:
		return b.Severity.Rank() - a.Severity.Rank()
	case a.Count != b.Count:
		return b.Count - a.Count
	case a.Since < b.Since:
		return -1
	case a.Since > b.Since:
		return 1
	}
	return strings.Compare(a.ID, b.ID)
}

// pending tells of a file that the server does not run with.
func (j *judge) pending(f file, running string) {
	t, err := f.read()
	if err != nil || running == "" || t.version == running {
		return
	}
	it := Item{ID: "config", Severity: world.Warning, Code: "config.pending", Since: world.TimeOf(t.changed), Link: "config", Action: "config"}
	if _, problems := settings.Parse(f.path, []byte(t.body)); len(problems) > 0 {
		it.Code, it.Count = "config.broken", len(problems)
		it.Values = map[string]string{"first": problems[0].String()}
	}
	j.add(it)
}
