package kit

import (
	"errors"
	"io"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"

	"iocwall/server/world"
	"iocwall/ui/page"
)

// Item is one thing that is wrong, as the server tells it.
type Item struct {
	ID       string            `json:"id"`
	Severity world.Severity    `json:"severity"`
	Code     string            `json:"code"`
	Values   map[string]string `json:"values"`
	Since    world.Time        `json:"since"`
	AtLeast  bool              `json:"atLeast"`
	Next     world.Time        `json:"next"`
	Things   []string          `json:"things"`
	Count    int               `json:"count"`
	Link     string            `json:"link"`
	Action   string            `json:"action"`
	Target   string            `json:"target"`
}

// Tally is how many of something are well.
type Tally struct {
	Code   string            `json:"code"`
	Good   int               `json:"good"`
	Of     int               `json:"of"`
	Values map[string]string `json:"values"`
}

// Report is what the server says of itself.
type Report struct {
	At       world.Time `json:"at"`
	Items    []Item     `json:"items"`
	Overview []Tally    `json:"overview"`
	Feed     string     `json:"feed"`
}

// Refused says why a question had no answer.
func (k Kit) Refused(err error) string {
	var r *page.Refusal
	if errors.As(err, &r) && r.Status == 403 {
		return k.T("setup.noright")
	}
	return k.T("setup.unanswered", "why", err.Error())
}

// Pairs are an item's values as the catalogue takes them.
func (k Kit) Pairs(values map[string]string, more ...string) []string {
	out := more
	for key, v := range values {
		if n := values["more"]; key == "list" && n != "" {
			v = k.T("setup.more", "list", v, "n", k.Numeral(n))
		}
		out = append(out, key, k.Numeral(v))
	}
	return out
}

// ReasonOf says the server's own sentences on a connection in the person's language;
// what a device or a system says stays as it is.
func (k Kit) ReasonOf(reason string) string {
	for _, x := range [][2]string{
		{"nothing was heard", "silent"},
		{"its connection ended", "ended"},
		{"it did not come back", "restart"},
		{"its token was revoked", "revoked"},
		{"its token has expired", "expired"},
		{"it was too slow", "slow"},
	} {
		if strings.HasPrefix(reason, x[0]) {
			return k.T("setup.reason." + x[1])
		}
	}
	return reason
}

// Reason is why a door did not do something, in the words of the refusal where it has
// any: the desk has put them into the person's language.
func (k Kit) Reason(err error) string {
	var r *page.Refusal
	if errors.As(err, &r) && r.Text != "" {
		return r.Text
	}
	return k.Refused(err)
}

// ReadFile asks for a file and reads it beside the toolkit.
func (k Kit) ReadFile(most int64, done func([]byte), failed func(string)) {
	dialog.ShowFileOpen(func(r fyne.URIReadCloser, err error) {
		if err != nil || r == nil {
			if err != nil {
				failed(err.Error())
			}
			return
		}
		k.Host.Desk().Job(func(<-chan struct{}) func() {
			raw, err := io.ReadAll(io.LimitReader(r, most+1))
			err = errors.Join(err, r.Close())
			return func() {
				switch {
				case err != nil:
					failed(err.Error())
				case int64(len(raw)) > most:
					failed(k.T("setup.file.long", "n", k.Whole(int(most>>20))))
				default:
					done(raw)
				}
			}
		})
	}, k.Host.Desk().Window())
}

// Problem is a mistake of a table or of the configuration.
type Problem struct {
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Path    string `json:"path"`
	Message string `json:"message"`
	Advice  string `json:"advice"`
}

// Words says it in one line.
func (p Problem) Words() string {
	out := p.Message
	if p.Path != "" {
		out = p.Path + ": " + out
	}
	if p.Advice != "" {
		out += " – " + p.Advice
	}
	return out
}
