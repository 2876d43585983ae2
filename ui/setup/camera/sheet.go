package camera

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"iocwall/geo"
	"iocwall/server/world"
	"iocwall/ui/field"
	"iocwall/ui/list"
	"iocwall/ui/page"
	"iocwall/ui/setup/kit"
)

// sheetKind is what a sheet of cameras is for.
type sheetKind string

const (
	sheetAdd      sheetKind = "add"
	sheetEdit     sheetKind = "edit"
	sheetPassword sheetKind = "password"
	sheetDrop     sheetKind = "drop"
	sheetTable    sheetKind = "csv"
	sheetFind     sheetKind = "find"
)

// outcome is one line of what an import would do, or of what is wrong with it.
type outcome struct {
	Line     int    `json:"line"`
	ID, Name string `json:"-"`
	What     string `json:"what"`
	Text     string `json:"-"`
}

// imported is the server's answer to an import.
type imported struct {
	Rows []struct {
		Line int    `json:"line"`
		ID   string `json:"id"`
		Name string `json:"name"`
		What string `json:"what"`
		Keys []struct {
			Key string `json:"key"`
			Old string `json:"old"`
			New string `json:"new"`
		} `json:"keys"`
	} `json:"rows"`
	Problems []kit.Problem `json:"problems"`
	Notes    []string      `json:"notes"`
	Done     bool          `json:"done"`
	Version  string        `json:"version"`
}

// cameraSheet brings cameras in, changes one, or takes one out.
type cameraSheet struct {
	m    *Part
	k    kit.Kit
	kind sheetKind
	of   world.Camera
	root *container.Scroll
	box  *fyne.Container
	// fields are those of the kind, by name; text is the table.
	names  []string
	fields map[string]*field.Field
	do     *widget.Button
	file   *widget.Button
	end    *widget.Button
	note   *kit.Facts
	rows   *list.Rows[outcome]
	list   *list.List
	high   float32

	version string
	ready   bool // a dry run was fine
	busy    bool
	found   []foundCamera
	picked  string // address of the device that is chosen
	cancel  func()
}

// foundCamera is a camera that the network shows.
type foundCamera struct {
	Address  string `json:"address"`
	From     string `json:"from"`
	Name     string `json:"name"`
	Model    string `json:"model"`
	Location string `json:"location"`
	Known    string `json:"known"`
}

func newCameraSheet(m *Part, kind sheetKind, of world.Camera) *cameraSheet {
	k := m.K
	s := &cameraSheet{m: m, k: k, kind: kind, of: of, fields: map[string]*field.Field{}, rows: list.NewRows(func(x *outcome) string { return strconv.Itoa(x.Line) + " " + x.ID }, nil)}
	s.names = map[sheetKind][]string{
		sheetAdd:      {"id", "name", "main", "sub", "pos", "area", "site", "user", "password"},
		sheetEdit:     {"name", "pos", "area", "site", "main", "sub", "onvif"},
		sheetPassword: {"user", "password"},
		sheetTable:    {"table"},
		sheetFind:     {"addresses", "user", "password", "pos", "site"},
	}[kind]
	kinds := map[string]field.Kind{"password": field.Password, "table": field.Lines, "name": field.Text, "site": field.Text}
	var objects []fyne.CanvasObject
	for _, name := range s.names {
		of, there := kinds[name]
		if !there {
			of = field.Code
		}
		o := field.Options{Kind: of, Lang: k.Env.Lang, Memory: k.Host.Desk().Memory(), Label: k.T("setup.sheet." + name), Plain: of == field.Code, Enter: s.act, Escape: s.leave, Rows: 8, Changed: func(string) { s.ready = false; s.face() }}
		if hint := "setup.sheet." + name + ".hint"; name == "password" {
			o.Hint = k.T(hint)
		} else if k.Env.Lang.Has(hint) {
			o.Hint = k.T("setup.example", "text", k.T(hint))
		}
		s.fields[name] = field.New(o)
		objects = append(objects, s.fields[name])
	}
	s.do = k.Primary("", "", s.act)
	s.file = k.Button(k.T("setup.sheet.file"), "", s.openFile)
	s.end = k.Button(k.T("setup.grid.end"), "Esc", s.leave)
	s.note = kit.NewFacts(k)
	objects = append(objects, s.do, s.file, s.end, s.note.Object())
	if kind == sheetTable || kind == sheetFind {
		s.list = s.newList()
		objects = append(objects, s.list.Object())
	}
	if kind != sheetTable {
		s.file.Hide()
	}
	s.fill()
	s.box = kit.Arrange(s.lay, objects...)
	s.root = container.NewVScroll(container.New(tallSheet{s}, s.box))
	s.face()
	return s
}

// tallSheet gives the fields the height they need.
type tallSheet struct{ s *cameraSheet }

// Layout is for Fyne.
func (l tallSheet) Layout(_ []fyne.CanvasObject, s fyne.Size) {
	kit.Put(l.s.box, 0, 0, s.Width, s.Height)
}

// MinSize is for Fyne.
func (l tallSheet) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(1, l.s.high) }

// newList shows what came of a dry run, or what the network shows.
func (s *cameraSheet) newList() *list.List {
	at, k := s.rows.At, s.k
	icon := map[string]string{"new": "plus", "changed": "differs", "same": "normal", "wrong": "severe", "found": "camera", "known": "done"}
	return list.New(k.Host.Desk(), list.Options{
		Name: "setup.sheet." + string(s.kind), Source: s.rows, Plain: true, Tall: true,
		Columns: []list.Column{
			{ID: "what", Title: k.T("setup.col.state"), Min: 120, Cell: func(i int) list.Cell {
				c := list.Cell{Icon: icon[at(i).What], Text: k.T("setup.what." + at(i).What)}
				if at(i).Line > 0 && s.kind == sheetTable {
					c.Sub = k.T("setup.sheet.line", "n", k.Whole(at(i).Line))
				}
				return c
			}, Text: func(i int) string { return at(i).What }},
			{ID: "camera", Title: k.T("setup.col.camera"), Min: 160, Weight: 1, Cell: func(i int) list.Cell {
				return list.Cell{Text: at(i).Name, Sub: at(i).Text, Bold: true}
			}, Text: func(i int) string { return at(i).Name + " " + at(i).ID }},
		},
		Chosen: func(id string) {
			for _, f := range s.found {
				if strings.HasSuffix(id, " "+f.Address) {
					s.picked, s.ready = f.Address, false
					s.face()
				}
			}
		},
	})
}

// fill writes what is known of the camera into the fields.
func (s *cameraSheet) fill() {
	c := s.of
	set := func(name, text string) {
		if f := s.fields[name]; f != nil {
			f.SetText(text)
		}
	}
	if c.ID == "" {
		return
	}
	set("name", c.Name)
	set("area", c.Area)
	set("site", c.Site)
	set("pos", fmt.Sprintf("%g, %g", c.Pos[0], c.Pos[1]))
}

func (s *cameraSheet) title() string {
	return s.k.T("setup.sheet.title."+string(s.kind), "camera", s.of.Name)
}

// begin gives the first field the keyboard.
func (s *cameraSheet) begin() {
	if len(s.names) > 0 {
		s.k.Host.Focus(s.fields[s.names[0]].Input)
	}
}

func (s *cameraSheet) close() {
	if s.cancel != nil {
		s.cancel()
	}
}

func (s *cameraSheet) leave() {
	s.m.leave()
	s.m.Refresh(s.k.Host.Now())
	s.k.Host.Unfocus()
}

func (s *cameraSheet) lay(size fyne.Size) {
	k := s.k
	x, y := k.U(kit.Pad), k.U(12)
	w := size.Width - 2*x
	columns := 1
	if w > k.U(460) && s.kind != sheetTable {
		columns = 2
	}
	var fields []fyne.CanvasObject
	for _, name := range s.names {
		fields = append(fields, s.fields[name])
	}
	y += k.Stack(x, y, w, columns, fields...) + k.U(4)
	y += k.Row(x, y, w, s.do, s.file, s.end) + k.U(4)
	least := float32(0) // of the list
	if s.list != nil {
		least = k.U(listLeast)
	}
	// A long note takes what the rest leaves it, and scrolls where that is not enough.
	most := max(k.U(noteLeast), s.root.Size().Height-y-least)
	h := max(k.U(40), min(s.note.Height(size.Width), most))
	kit.Put(s.note.Object(), 0, y, size.Width, h)
	y += h
	if s.list != nil {
		kit.Put(s.list.Object(), 0, y, size.Width, max(least, size.Height-y))
	}
	if want := y + least; s.high != want {
		s.high = want
		s.root.Refresh()
	}
}

// listLeast is the least height of the list, noteLeast that of a note too long for less,
// in Fyne units at text scale 1.
const listLeast, noteLeast = 240, 130

// face is what the main button says: first it tries, then it does.
func (s *cameraSheet) face() {
	if s.do == nil {
		return
	}
	key := "setup.sheet.do." + string(s.kind)
	switch {
	case s.kind == sheetTable && s.ready:
		key = "setup.sheet.apply"
	case s.kind == sheetFind && s.ready:
		key = "setup.sheet.apply"
	case s.kind == sheetFind && s.picked != "":
		key = "setup.sheet.do.ask"
	}
	s.do.SetText(s.k.T(key, "camera", s.of.Name))
	if s.busy {
		s.do.Disable()
	} else {
		s.do.Enable()
	}
}

func (s *cameraSheet) refresh(now time.Time) {
	if s.list != nil {
		s.list.Update(now)
	}
}

// say shows a line for each of the texts, of which the first says what is wrong, if
// anything is, and brings that into sight. A text may need several lines.
func (s *cameraSheet) say(wrong bool, texts ...string) {
	lines := make([]kit.Line, 0, len(texts))
	for i, text := range texts {
		lines = append(lines, kit.Line{Value: text, Wrong: wrong && i == 0, Hint: !wrong})
	}
	s.note.Set(lines)
	s.lay(s.box.Size())
	o := s.note.Object()
	if hidden := o.Position().Y + o.Size().Height - s.root.Size().Height; wrong && hidden > s.root.Offset.Y {
		s.root.Offset.Y = hidden
		s.root.Refresh()
	}
}

// told is why a door did not do something. A refusal of several things, each of which
// needs hands, has a line for each.
func (s *cameraSheet) told(err error) []string {
	text := s.k.Reason(err)
	var r *page.Refusal
	if !errors.As(err, &r) {
		return []string{text}
	}
	things := strings.Split(r.Values["text"], "\n")
	if head, joined := strings.CutSuffix(text, strings.Join(things, "; ")); joined && len(things) > 1 {
		return append([]string{strings.TrimSpace(head)}, things...)
	}
	return []string{text}
}

// act does what the main button says.
func (s *cameraSheet) act() {
	if s.busy {
		return
	}
	switch s.kind {
	case sheetTable:
		s.table()
	case sheetFind:
		if s.picked == "" {
			s.find()
		} else {
			s.survey()
		}
	case sheetDrop:
		s.post(map[string]any{"remove": s.of.ID}, "setup.camera.dropped")
	default:
		s.one()
	}
}

// call asks a door and says what came of it.
func (s *cameraSheet) call(r page.Request, done func()) {
	s.busy = true
	s.say(false, s.k.T("setup.sheet.busy"))
	s.face()
	r.Timeout = 30 * time.Second
	s.cancel = s.k.Host.Desk().Call(r, func(err error) {
		s.busy = false
		if err != nil {
			s.say(true, s.told(err)...)
		} else {
			s.say(false)
			done()
		}
		s.face()
		s.k.Host.Soon()
		s.m.Refresh(s.k.Host.Now())
	})
}

// position reads "108.28, 15.85"; empty is none.
func position(text string) (*geo.Point, bool) {
	if strings.TrimSpace(text) == "" {
		return nil, true
	}
	lon, lat, ok := strings.Cut(text, ",")
	x, err1 := strconv.ParseFloat(strings.TrimSpace(lon), 64)
	y, err2 := strconv.ParseFloat(strings.TrimSpace(lat), 64)
	if !ok || err1 != nil || err2 != nil || !(x >= -180 && x <= 180 && y >= -90 && y <= 90) {
		return nil, false
	}
	return &geo.Point{x, y}, true
}

// one adds or changes one camera.
func (s *cameraSheet) one() {
	set := map[string]any{}
	id := s.of.ID
	for _, name := range s.names {
		text := strings.TrimSpace(s.fields[name].Text())
		switch {
		case name == "pos":
			p, ok := position(text)
			if !ok {
				s.fields[name].Wrong(s.k.T("setup.sheet.pos.wrong"))
				return
			}
			s.fields[name].Wrong("")
			if p != nil {
				set[name] = *p
			}
		case name == "id":
			id = text
		case text != "":
			set[name] = text
		}
	}
	if s.kind == sheetPassword && set["password"] == nil {
		s.fields["password"].Wrong(s.k.T("setup.sheet.password.wrong"))
		return
	}
	set["id"] = id
	s.post(map[string]any{"set": set}, "setup.camera.saved")
}

// post sends a change of one camera.
func (s *cameraSheet) post(body any, did string) {
	name := s.of.Name
	if f := s.fields["name"]; f != nil {
		name = f.Text()
	}
	s.call(page.Request{Method: "POST", Path: "/api/setup/cameras", Body: body}, func() {
		s.k.Host.Desk().Did(s.k.T(did, "camera", name), nil)
		s.leave()
	})
}

// table tries a table, or applies one that was tried.
func (s *cameraSheet) table() {
	path := "/api/setup/cameras/csv"
	if s.ready {
		path += "?apply=1&from=" + url.QueryEscape(s.version)
	}
	var got imported
	s.call(page.Request{Method: "POST", Path: path, Body: []byte(s.fields["table"].Text()), Type: "text/csv", Into: &got}, func() { s.took(got) })
}

// took shows what came of an import.
func (s *cameraSheet) took(got imported) {
	k := s.k
	var rows []outcome
	changes := 0
	for _, p := range got.Problems {
		rows = append(rows, outcome{Line: p.Line*1000 + p.Column, ID: p.Path, Name: p.Words(), What: "wrong", Text: k.T("setup.sheet.at", "line", k.Whole(p.Line), "column", k.Whole(p.Column))})
	}
	for i, r := range got.Rows {
		o := outcome{Line: r.Line, ID: r.ID + " " + strconv.Itoa(i), Name: r.Name, What: r.What}
		var keys []string
		for _, x := range r.Keys {
			keys = append(keys, x.Key)
		}
		o.Text = r.ID
		if r.What == "changed" {
			o.Text += ": " + strings.Join(keys, ", ")
		}
		if r.What != "same" {
			changes++
		}
		rows = append(rows, o)
	}
	s.rows.Set(rows)
	s.version = got.Version
	s.ready = len(got.Problems) == 0 && changes > 0 && !got.Done
	switch {
	case got.Done:
		k.Host.Desk().Did(k.T("setup.camera.imported", "n", k.Whole(changes)), nil)
		s.leave()
	case len(got.Problems) > 0:
		s.say(true, k.T("setup.sheet.problems", "n", k.Whole(len(got.Problems))))
	case changes == 0:
		s.say(false, k.T("setup.sheet.same"))
	default:
		s.say(false, append([]string{k.T("setup.sheet.ready", "n", k.Whole(changes))}, got.Notes...)...)
	}
}

// find asks the server's network, or the addresses, for cameras.
func (s *cameraSheet) find() {
	body := map[string]any{"seconds": 3}
	if text := strings.FieldsFunc(s.fields["addresses"].Text(), func(r rune) bool { return r == ',' || r == ' ' || r == ';' }); len(text) > 0 {
		body["addresses"] = text
	}
	var got struct {
		Found  []foundCamera `json:"found"`
		Silent []string      `json:"silent"`
	}
	s.call(page.Request{Method: "POST", Path: "/api/setup/cameras/discover", Body: body, Into: &got}, func() {
		s.found = got.Found
		var rows []outcome
		for i, f := range got.Found {
			o := outcome{Line: i, ID: f.Address, Name: strings.TrimSpace(f.Name + " " + f.Model), What: "found", Text: f.From + " " + f.Location}
			if o.Name == "" {
				o.Name = f.From
			}
			if f.Known != "" {
				o.What, o.Text = "known", f.From+" · "+f.Known
			}
			rows = append(rows, o)
		}
		s.rows.Set(rows)
		s.say(len(got.Found) == 0, append([]string{s.k.T("setup.sheet.found", "n", s.k.Whole(len(got.Found)))}, got.Silent...)...)
	})
}

// survey asks one camera of those found, and brings it in once it was asked.
func (s *cameraSheet) survey() {
	p, ok := position(s.fields["pos"].Text())
	if !ok || p == nil {
		s.fields["pos"].Wrong(s.k.T("setup.sheet.pos.wrong"))
		return
	}
	s.fields["pos"].Wrong("")
	body := map[string]any{"address": s.picked, "user": s.fields["user"].Text(), "password": s.fields["password"].Text(), "pos": *p, "site": s.fields["site"].Text(), "apply": s.ready}
	for _, f := range s.found {
		if f.Address == s.picked {
			body["name"], body["model"] = f.Name, f.Model
		}
	}
	var got imported
	s.call(page.Request{Method: "POST", Path: "/api/setup/cameras/onvif", Body: body, Into: &got}, func() { s.took(got) })
}

// openFile reads a table from the disk of this computer.
func (s *cameraSheet) openFile() {
	s.k.ReadFile(roughTable, func(text []byte) {
		s.fields["table"].SetText(string(text))
		s.ready = false
		s.face()
	}, func(why string) { s.say(true, why) })
}

// roughTable bounds a table that is read here, in bytes.
const roughTable = 4 << 20
