package setup

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"iocwall/geo"
	"iocwall/server/auth"
	"iocwall/server/reply"
	"iocwall/server/roster"
	"iocwall/server/settings"
	"iocwall/server/strict"
)

// Row is what becomes of one camera of an import.
type Row struct {
	// Line is that of the table, zero for none.
	Line int    `json:"line,omitempty"`
	ID   string `json:"id"`
	Name string `json:"name"`
	// What is "new", "changed" or "same".
	What string `json:"what"`
	// Keys are what is written; of the password only that it changes.
	Keys []KeyChange `json:"keys,omitempty"`
}

// KeyChange is one key of an entry that changes.
type KeyChange struct {
	Key string `json:"key"`
	Old string `json:"old,omitempty"`
	New string `json:"new"`
}

// Import is what an import would do, or did.
type Import struct {
	Rows     []Row   `json:"rows"`
	Problems []Fault `json:"problems,omitempty"`
	// Notes are what a camera said of itself.
	Notes []string `json:"notes,omitempty"`
	// Done says that it was taken over, as Result says.
	Done   bool    `json:"done"`
	Result *Result `json:"result,omitempty"`
	// Version is that of the configuration the rows were compared with.
	Version string `json:"version"`
}

// rowsOf says changes to people.
func rowsOf(changes []roster.Change) []Row {
	out := make([]Row, 0, len(changes))
	for _, c := range changes {
		row := Row{Line: c.Line, ID: c.Camera.ID, Name: c.Camera.Name, What: "changed"}
		switch {
		case c.At < 0:
			row.What = "new"
		case len(c.Keys) == 0:
			row.What = "same"
		}
		for _, k := range c.Keys {
			x := KeyChange{Key: k.Key, New: k.Value}
			if i := slices.IndexFunc(c.Old, func(o roster.Field) bool { return o.Key == k.Key }); i >= 0 {
				x.Old = c.Old[i].Value
			}
			row.Keys = append(row.Keys, x)
		}
		out = append(out, row)
	}
	return out
}

// PostTable answers POST /api/setup/cameras/csv, whose body is a table of cameras as
// roster.ParseTable reads it: without apply=1 what would become of each line, with it
// what became of it. A table with a mistake changes nothing.
func (s *Setup) PostTable(w http.ResponseWriter, r *http.Request, id auth.Identity) {
	body, err := readText(r, roster.MaxTable)
	if err != nil {
		answer(w, err)
		return
	}
	found, problems := roster.ParseTable("csv", []byte(body))
	if len(problems) > 0 {
		s.importFailed(w, problems)
		return
	}
	out, err := s.bring(r, id, found, r.URL.Query().Get("apply") == "1", ifMatch(r))
	if err != nil {
		answer(w, err)
		return
	}
	reply.JSON(w, http.StatusOK, out)
}

// importFailed tells what is wrong with a table.
func (s *Setup) importFailed(w http.ResponseWriter, problems []strict.Problem) {
	out := Import{Rows: []Row{}, Problems: faultsOf(problems)}
	if t, err := s.file.read(); err == nil {
		out.Version = t.version
	}
	reply.JSON(w, http.StatusOK, out)
}

// bring compares cameras with the configuration and, where apply is set, writes them
// into it. Without a version it fits whatever the file holds: entries are found by
// their ids.
func (s *Setup) bring(r *http.Request, id auth.Identity, found []roster.Found, apply bool, version string) (Import, error) {
	var out Import
	edit := func(body string, old *settings.Config) (string, error) {
		changes := roster.Merge(old.Cameras, found)
		out.Rows, out.Version = rowsOf(changes), versionOf([]byte(body))
		todo := slices.DeleteFunc(slices.Clone(changes), func(c roster.Change) bool { return len(c.Keys) == 0 })
		if lost := placeless(todo); len(lost) > 0 {
			return "", refuse(http.StatusUnprocessableEntity, "setup.place", "these new cameras have no position: {list}; say where they stand", "list", few(lost))
		}
		after, err := roster.Splice(body, len(old.Cameras), todo)
		if err != nil {
			return "", refuse(http.StatusConflict, "setup.layout", "{why}; nothing was written", "why", err)
		}
		return after, nil
	}
	if apply {
		done, err := s.change(r.Context(), id, change{from: version, any: version == "", edit: edit, sound: true})
		if err != nil {
			return out, err
		}
		out.Done, out.Result = true, &done
		return out, nil
	}
	t, err := s.file.read()
	if err != nil {
		return out, err
	}
	after, err := s.edited(change{edit: edit, sound: true}, t)
	if err != nil {
		return out, err
	}
	_, out.Problems = s.judge(r.Context(), after)
	return out, nil
}

// placeless names new cameras of which nobody knows where they stand.
func placeless(changes []roster.Change) []string {
	var out []string
	for _, c := range changes {
		if c.At < 0 && c.Camera.Pos == (geo.Point{}) {
			out = append(out, c.Camera.ID)
		}
	}
	return out
}

// firstOf names some things and returns how many others there are, for values that
// clients put into words.
func firstOf(names []string) (list, more string) {
	n := min(len(names), 5)
	if len(names) > n {
		more = strconv.Itoa(len(names) - n)
	}
	return strings.Join(names[:n], ", "), more
}

// few names some things and counts the others.
func few(names []string) string {
	if more := len(names) - 5; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:5], ", "), more)
	}
	return strings.Join(names, ", ")
}

// Camera is a camera as the door for one takes it. What is left out stays as it is.
type Camera struct {
	ID   string     `json:"id"`
	Name string     `json:"name,omitempty"`
	Pos  *geo.Point `json:"pos,omitempty"`
	Area string     `json:"area,omitempty"`
	Site string     `json:"site,omitempty"`
	// Heading, View and Reach are where it looks, in degrees and metres.
	Heading *float64 `json:"heading,omitempty"`
	View    float64  `json:"view,omitempty"`
	Reach   float64  `json:"reach,omitempty"`
	// Main and Sub are the addresses of its streams, without a login.
	Main string `json:"main,omitempty"`
	Sub  string `json:"sub,omitempty"`
	// ONVIF is the address at which it is turned.
	ONVIF string `json:"onvif,omitempty"`
	// User and Password open it. A password goes to a file of its own that only the
	// server reads, and is never told again.
	User     string `json:"user,omitempty"`
	Password string `json:"password,omitempty"`
}

// PostCamera answers POST /api/setup/cameras: {"set": Camera} adds or changes one,
// {"remove": "id"} takes one out.
func (s *Setup) PostCamera(w http.ResponseWriter, r *http.Request, id auth.Identity) {
	var in struct {
		Set    *Camera `json:"set"`
		Remove string  `json:"remove"`
	}
	if err := readForm(r, &in); err != nil {
		answer(w, err)
		return
	}
	c := change{from: ifMatch(r), any: ifMatch(r) == "", sound: true}
	switch {
	case in.Remove != "" && in.Set != nil || in.Remove == "" && in.Set == nil:
		answer(w, refuse(http.StatusBadRequest, "setup.body.choose", "give either set or remove"))
		return
	case in.Remove != "":
		c.edit = func(body string, old *settings.Config) (string, error) { return without(body, old, in.Remove) }
	default:
		if !settings.ValidID(in.Set.ID) {
			answer(w, refuse(http.StatusUnprocessableEntity, "setup.id", "\"{id}\" is not an id; use letters, digits, dots, dashes and underscores, at most 64", "id", in.Set.ID))
			return
		}
		reference, forget, err := s.keepSecret(in.Set.ID, in.Set.Password)
		if err != nil {
			answer(w, err)
			return
		}
		defer func() { forget(err != nil) }()
		c.edit = func(body string, old *settings.Config) (string, error) { return with(body, old, *in.Set, reference) }
		var done Result
		done, err = s.change(r.Context(), id, c)
		s.told(w, done, err)
		return
	}
	done, err := s.change(r.Context(), id, c)
	s.told(w, done, err)
}

// told answers with what came of a change.
func (s *Setup) told(w http.ResponseWriter, done Result, err error) {
	if err != nil {
		answer(w, err)
		return
	}
	reply.JSON(w, http.StatusOK, done)
}

// without takes one camera out.
func without(body string, old *settings.Config, id string) (string, error) {
	at := slices.IndexFunc(old.Cameras, func(c settings.CameraConfig) bool { return c.ID == id })
	if at < 0 {
		return "", refuse(http.StatusNotFound, "setup.camera", "there is no camera \"{camera}\"; {hint}", "camera", id, "hint", strict.Nearest(id, ids(old)))
	}
	after, err := roster.Drop(body, len(old.Cameras), at)
	if err != nil {
		return "", refuse(http.StatusConflict, "setup.layout", "{why}; nothing was written", "why", err)
	}
	return after, nil
}

// with adds or changes one camera.
func with(body string, old *settings.Config, c Camera, reference string) (string, error) {
	at := slices.IndexFunc(old.Cameras, func(x settings.CameraConfig) bool { return x.ID == c.ID })
	var was settings.CameraConfig
	if at >= 0 {
		was = old.Cameras[at]
	}
	todo, changed := roster.Set(was, at, c.over(was, reference))
	if !changed {
		return body, nil
	}
	after, err := roster.Splice(body, len(old.Cameras), []roster.Change{todo})
	if err != nil {
		return "", refuse(http.StatusConflict, "setup.layout", "{why}; nothing was written", "why", err)
	}
	return after, nil
}

// over puts what was said of a camera over what is known of it.
func (c Camera) over(was settings.CameraConfig, reference string) settings.CameraConfig {
	set := func(to *string, from string) {
		if from != "" {
			*to = from
		}
	}
	was.ID = c.ID
	set(&was.Name, c.Name)
	set(&was.Area, c.Area)
	set(&was.Site, c.Site)
	set(&was.User, c.User)
	set(&was.Password, reference)
	set(&was.ONVIF.Address, c.ONVIF)
	if c.Pos != nil {
		was.Pos = *c.Pos
	}
	if c.Heading != nil {
		was.Heading = c.Heading
	}
	if c.View != 0 {
		was.View = c.View
	}
	if c.Reach != 0 {
		was.Reach = c.Reach
	}
	was.Streams = slices.Clone(was.Streams)
	for _, x := range [][2]string{{"main", c.Main}, {"sub", c.Sub}} {
		if x[1] == "" {
			continue
		}
		if i := slices.IndexFunc(was.Streams, func(s settings.StreamConfig) bool { return s.Name == x[0] }); i >= 0 {
			was.Streams[i].URL = x[1]
		} else {
			was.Streams = append(was.Streams, settings.StreamConfig{Name: x[0], URL: x[1]})
		}
	}
	return was
}
