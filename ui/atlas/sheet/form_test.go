package sheet

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"iocwall/ui/words"
)

// TestEntryComposes: names are typed in Vietnamese, expressions as they are, and the
// owner has the first word on keys.
func TestEntryComposes(t *testing.T) {
	test.NewTempApp(t)
	l, err := words.Load("vi")
	if err != nil {
		t.Fatal(err)
	}
	for typed, c := range map[string]struct {
		code bool
		want string
	}{
		"caauf Hans":  {false, "cầu Hán"},
		"speed > 10w": {true, "speed > 10w"},
	} {
		told, entered, taken := "", 0, 0
		e := NewEntry("name", Typing{Lang: l, Code: c.code}, func(text string) { told = text })
		e.Enter = func() { entered++ }
		e.Keys = func(k fyne.KeyName) bool {
			if k == fyne.KeyEscape {
				taken++
			}
			return k == fyne.KeyEscape
		}
		w := test.NewTempWindow(t, e)
		w.Canvas().Focus(e)
		test.Type(e, typed)
		if e.Text != c.want || told != c.want {
			t.Errorf("%q became %q, told %q", typed, e.Text, told)
		}
		e.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
		e.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
		if taken != 1 || entered != 1 || e.Text != c.want {
			t.Errorf("Escape taken %d times, entered %d times, %q is left", taken, entered, e.Text)
		}
	}
}
