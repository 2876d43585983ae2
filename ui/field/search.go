package field

import "fyne.io/fyne/v2/theme"

// NewSearch returns a field for searching: a lens before it, Escape clears it first.
// A hint of its own is "Tìm…".
func NewSearch(o Options) *Input {
	o.Kind = Query
	if o.Hint == "" {
		o.Hint = o.Lang.T("field.search")
	}
	i := NewInput(o)
	i.Icon = theme.NewThemedResource(theme.SearchIcon())
	return i
}
