package sketch

import "testing"

func TestHistory(t *testing.T) {
	var h History[int]
	if _, ok := h.Undo(); ok || h.At() != 0 {
		t.Error("an empty history has something to undo")
	}
	h.Do("one", 1)
	h.Do("two", 2)
	h.Do("three", 3)
	for _, c := range []struct {
		do         func() (string, bool)
		name       string
		now        int
		undo, redo string
	}{
		{h.Undo, "three", 2, "two", "three"},
		{h.Undo, "two", 1, "one", "two"},
		{h.Redo, "two", 2, "two", "three"},
		{h.Undo, "two", 1, "one", "two"},
		{h.Undo, "one", 0, "", "one"},
	} {
		name, ok := c.do()
		undo, redo := h.Names()
		if !ok || name != c.name || h.Now != c.now || undo != c.undo || redo != c.redo {
			t.Errorf("%q: now %d, undo %q, redo %q; want %+v", name, h.Now, undo, redo, c)
		}
	}
	h.Do("other", 9)
	if _, ok := h.Redo(); ok {
		t.Error("what was undone comes back after another act")
	}
	at := h.At()
	h.Undo()
	if h.At() == at {
		t.Error("what was before an act has its number")
	}
	h.Do("else", 9)
	if h.At() == at {
		t.Error("another act has the number of the one it replaces")
	}
	at = h.At()
	h.Undo()
	h.Redo()
	if h.At() != at {
		t.Errorf("done again, the state is number %d, not %d", h.At(), at)
	}
	for i := range 2 * historyLimit {
		h.Do("many", i)
	}
	if len(h.past) != historyLimit {
		t.Errorf("%d acts are kept", len(h.past))
	}
}
