package records

import (
	"net/url"
	"strconv"
	"strings"

	"iocwall/server/world"
	"iocwall/ui/list"
	"iocwall/ui/page"
	"iocwall/ui/records/told"
)

// answer is a page of them, the newest first.
type answer struct {
	Entries []told.Entry `json:"entries"`
	From    world.Time   `json:"from"`
	Next    uint64       `json:"next"`
	Reading bool         `json:"reading"`
}

// ask is the question for what happened to a thing.
func ask(r world.Ref, before uint64) string {
	q := url.Values{"kind": {r.Kind()}, "id": {r.ID()}, "limit": {"200"}}
	if before > 0 {
		q.Set("before", strconv.FormatUint(before, 10))
	}
	return "/api/history?" + q.Encode()
}

// newPast returns the list of what happened, time and sentence.
func newPast(d page.Desk, rows *list.Rows[told.Entry], now func() world.Time) *list.List {
	l := d.Env().Lang
	return list.New(d, list.Options{
		Source: rows, Plain: true, Tall: true,
		Columns: []list.Column{
			{ID: "at", Title: l.T("records.column.at"), Min: 96, Cell: func(i int) list.Cell {
				return list.Cell{Text: l.Stamp(rows.At(i).At.Std(), now().Std()), Tone: list.Quiet}
			}, CSV: func(i int) string { return rows.At(i).At.Std().In(l.Zone).Format("2006-01-02 15:04:05") }},
			{ID: "what", Title: l.T("records.column.what"), Min: 120, Weight: 1, Cell: func(i int) list.Cell {
				e := rows.At(i)
				return list.Cell{Text: e.Text, Sub: e.Sub, Icon: e.Icon}
			}, CSV: func(i int) string { return strings.TrimSuffix(rows.At(i).Text+" · "+rows.At(i).Sub, " · ") }},
			{ID: "source", Title: l.T("detail.source"), Min: 0, Drop: 1, CSV: func(i int) string { return rows.At(i).Source }},
		},
		Export: l.T("records.file.history"),
		Empty:  func() (string, string) { return l.T("records.past.none"), "" },
	})
}
