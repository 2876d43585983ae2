package sheet

// Action is something that can be done now, as a button and by its key.
type Action struct {
	// Key is the key printed on the button.
	Key, Label string
	// Do is done by a press. Hold and Release are not used: nothing is held.
	Do            func()
	Hold, Release func()
	// Chosen marks what is on.
	Chosen bool
	// Group parts the buttons: those of one group stand together.
	Group string
}

// Panel is what a pane shows: a title with a remark, rows, and under them fields
// and buttons.
type Panel struct {
	Title, Remark string
	Rows          []Row
	Fields        []Field
	Acts          []Action
	// Primary makes the first of the acts the one that stands out.
	Primary bool
}

// Field is one line a person writes in, with its label and what is wrong with it.
type Field struct {
	Name, Label, Hint, Wrong string
	// Enter is what Enter does in it; nil does nothing.
	Enter func()
	// Half puts it beside the one before it.
	Half bool
}

// Texts are what is in the fields, by their names, shown or not. It belongs to the
// toolkit's goroutine.
type Texts struct {
	is, wrong map[string]string
	// Filled is called when texts were put into fields by other than hands.
	Filled func()
}

// NewTexts returns empty fields.
func NewTexts() *Texts {
	return &Texts{is: map[string]string{}, wrong: map[string]string{}, Filled: func() {}}
}

// Get returns what is in a field.
func (t *Texts) Get(name string) string { return t.is[name] }

// Fill puts texts into fields; those without one become empty, and nothing is
// wrong with them.
func (t *Texts) Fill(names []string, texts map[string]string) {
	for _, k := range names {
		t.is[k] = texts[k]
		delete(t.wrong, k)
	}
	t.Filled()
}

// Write takes what a person wrote, and reports whether it is something else than
// before.
func (t *Texts) Write(name, text string) bool {
	if t.is[name] == text {
		return false
	}
	t.is[name] = text
	delete(t.wrong, name)
	return true
}

// Refuse says what is wrong with a field until it is written in.
func (t *Texts) Refuse(name, why string) { t.wrong[name] = why }

// Refused reports whether anything is wrong with any field.
func (t *Texts) Refused() bool { return len(t.wrong) > 0 }
