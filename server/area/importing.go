package area

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
	"github.com/paulmach/orb/planar"
	"golang.org/x/text/unicode/norm"

	"iocwall/geo"
	"iocwall/server/strict"
	"iocwall/server/world"
)

// ImportOptions say what the features of a layer are.
type ImportOptions struct {
	// Tree is what there is already.
	Tree *Set
	// Level is that of all areas of the layer, Parent the id of the area above
	// them, From the day they came into force as YYYY-MM-DD, empty for always.
	Level, Parent, From string
	// Name, NameEn and Code are the properties to read; empty tries the usual ones.
	Name, NameEn, Code string
	// Progress is told how many features were read; nil is nobody.
	Progress func(n int)
}

// ImportedArea is one area of a layer.
type ImportedArea struct {
	world.AreaDefined
	// Known is set for an area that the tree has already: it gets its outline only.
	Known bool
}

// Imported is what came of a layer.
type Imported struct {
	Areas []ImportedArea
	// Rejected are the features that were left out, each with its place.
	Rejected []error
}

func (i *Imported) reject(index int, err error) {
	i.Rejected = append(i.Rejected, world.Refuse("layer.feature", "feature {feature}: {why}", "feature", index, "why", err))
}

// mostImported is how many areas one layer may have: Vietnam has some 3,300 communes, and
// every client holds all areas. longestName is in bytes.
const mostImported, longestName = 20_000, 200

// Import reads an administrative layer as GeoJSON and writes its outlines to
// geometry, in the form that a file of areas names under "outlines". The areas it
// returns are to be added to such a file, see WriteYAML. Nothing is kept in memory
// but one feature at a time and what is returned.
func Import(in io.Reader, geometry io.Writer, o ImportOptions) (Imported, error) {
	m, err := newImporter(o)
	if err != nil {
		return Imported{}, err
	}
	w := bufio.NewWriter(geometry)
	if _, err := w.WriteString(`{"type":"FeatureCollection","features":[`); err != nil {
		return Imported{}, fmt.Errorf("write the outlines: %w", err)
	}
	var out Imported
	var failed, unwritten error
	n := 0
	err = geo.EachFeature(in, func(f geo.Feature, why *geo.FeatureError) bool {
		if n++; o.Progress != nil {
			o.Progress(n)
		}
		if why != nil {
			out.reject(why.Index, Misdrawn(why.Err))
			return true
		}
		a, err := m.area(f)
		if err != nil {
			out.reject(f.Index, err)
			return true
		}
		if len(out.Areas) == mostImported {
			failed = world.Refuse("layer.areas", "more than {most} areas; take a layer of one level of one province", "most", mostImported)
			return false
		}
		unwritten = writeOutline(w, a, f, len(out.Areas) > 0)
		out.Areas = append(out.Areas, a)
		return unwritten == nil
	})
	_, end := w.WriteString("\n]}\n")
	if unwritten = cmp.Or(unwritten, end, w.Flush()); unwritten != nil {
		return out, fmt.Errorf("write the outlines: %w", unwritten)
	}
	return out, cmp.Or(failed, Misdrawn(err))
}

// importer makes areas of features.
type importer struct {
	o      ImportOptions
	from   world.Time
	taken  map[string]bool
	here   map[string]world.AreaDefined // of the parent and the level, in force, by folded name
	chosen map[string]int               // feature by id
}

func newImporter(o ImportOptions) (*importer, error) {
	m := &importer{o: o, taken: map[string]bool{}, here: map[string]world.AreaDefined{}, chosen: map[string]int{}}
	if o.From != "" {
		var d day
		if err := d.UnmarshalText([]byte(o.From)); err != nil {
			return nil, world.Refuse("layer.dated", "valid from: \"{day}\" is not a day; write 2025-07-01", "day", o.From)
		}
		m.from = d.Time
	}
	if strings.TrimSpace(o.Level) == "" {
		return nil, world.Refuse("layer.level", "the level is missing; write province, commune or what the law calls it")
	}
	ids := make([]string, 0, len(o.Tree.Areas))
	for _, a := range o.Tree.Areas {
		ids = append(ids, a.ID)
		m.taken[a.ID] = true
		if a.Parent == o.Parent && a.Level == o.Level && a.ValidAt(max(m.from, a.From)) && (a.Until == 0 || a.Until > m.from) {
			m.here[Slug(bare(a.Name), 0)] = a
		}
	}
	if o.Parent != "" && !m.taken[o.Parent] {
		return nil, world.Refuse("layer.parent", "no area \"{area}\" to put them under; {hint}", "area", o.Parent, "hint", strict.Nearest(o.Parent, ids))
	}
	return m, nil
}

// area makes an area of a feature.
func (m *importer) area(f geo.Feature) (ImportedArea, error) {
	outline := f.MultiPolygon()
	if outline == nil {
		return ImportedArea{}, world.Refuse("layer.form", "it is a {form}; an area is a Polygon or a MultiPolygon", "form", f.Geometry.GeoJSONType())
	}
	name := textOf(f.Properties, m.o.Name, "name", "ten", "NAME", "ten_xa", "tenXa", "ten_dvhc", "NAME_1", "NAME_3")
	if len(name) > longestName {
		return ImportedArea{}, world.Refuse("layer.name.long", "its name, {name}, has more than {most} bytes; is it the property of the name?", "name", name, "most", longestName)
	}
	if name == "" {
		return ImportedArea{}, world.Refuse("layer.name.none", "it has no name; say which property it is in (there are {list})", "list", strings.Join(keysOf(f.Properties), ", "))
	}
	a := ImportedArea{AreaDefined: world.AreaDefined{
		Name: name, NameEn: textOf(f.Properties, m.o.NameEn, "nameEn", "name_en", "NAME_EN", "ten_en"),
		Level: m.o.Level, Parent: m.o.Parent, From: m.from, Placed: true,
		Code: textOf(f.Properties, m.o.Code, "code", "ma", "CODE", "ma_xa", "maXa", "ma_dvhc"),
	}}
	a.Pos = within(outline)
	if known, there := m.here[Slug(bare(name), 0)]; there {
		a.AreaDefined, a.Known = known, true
	} else if a.ID = m.free(Slug(bare(name), 0), a.Code); a.ID == "" {
		return a, world.Refuse("layer.name.noid", "no id can be made of the name \"{name}\"", "name", name)
	}
	if first, twice := m.chosen[a.ID]; twice {
		return a, world.Refuse("layer.twice", "{area} has an outline already, from feature {feature}", "area", a.ID, "feature", first)
	}
	m.chosen[a.ID] = f.Index
	return a, nil
}

// free returns an id that nothing has: of the name, with the year of its first
// day, or with its code.
func (m *importer) free(word, code string) string {
	if word == "" {
		return ""
	}
	if m.o.Parent != "" {
		word = m.o.Parent + "/" + word
	}
	tries := []string{word}
	if m.from != 0 {
		tries = append(tries, word+"-"+m.o.From[:4])
	}
	if code != "" {
		tries = append(tries, word+"-"+Slug(code, 0))
	}
	for _, id := range tries {
		if !m.taken[id] {
			m.taken[id] = true
			return id
		}
	}
	return ""
}

// textOf returns the first property that is there, as text: the one asked for, or
// the usual ones.
func textOf(props map[string]any, asked string, usual ...string) string {
	if asked != "" {
		usual = []string{asked}
	}
	for _, key := range usual {
		switch v := props[key].(type) {
		case string:
			if v = strings.Join(strings.Fields(v), " "); v != "" {
				return norm.NFC.String(v)
			}
		case float64:
			return strconv.FormatFloat(v, 'f', -1, 64)
		}
	}
	return ""
}

// bare is a name without the word for what kind of area it is, which one source
// writes and the other leaves out.
func bare(name string) string {
	for _, kind := range []string{"thành phố", "tỉnh", "đặc khu", "phường", "xã", "thị trấn", "thị xã", "quận", "huyện"} {
		if rest, ok := strings.CutPrefix(strings.ToLower(name), kind+" "); ok {
			return rest
		}
	}
	return name
}

func keysOf(props map[string]any) []string {
	var out []string
	for key := range props {
		out = append(out, key)
	}
	slices.Sort(out)
	return out[:min(len(out), 20)]
}

// within returns a place to put the name at: the middle of the largest part, or,
// where that lies outside, the middle of the widest stretch at its latitude.
func within(mp geo.MultiPolygon) geo.Point {
	largest, size := mp[0], -1.0
	for _, p := range mp {
		if s := math.Abs(planar.Area(p)); s > size {
			largest, size = p, s
		}
	}
	at, _ := planar.CentroidArea(largest)
	if geo.Prepare(geo.MultiPolygon{largest}).Contains(at) {
		return rounded(at)
	}
	var cuts []float64
	for _, ring := range largest {
		for i := 0; i+1 < len(ring); i++ {
			if a, b := ring[i], ring[i+1]; (a[1] > at[1]) != (b[1] > at[1]) {
				cuts = append(cuts, a[0]+(at[1]-a[1])/(b[1]-a[1])*(b[0]-a[0]))
			}
		}
	}
	slices.Sort(cuts)
	widest := 0.0
	for i := 0; i+1 < len(cuts); i += 2 {
		if w := cuts[i+1] - cuts[i]; w > widest {
			widest, at[0] = w, (cuts[i]+cuts[i+1])/2
		}
	}
	return rounded(at)
}

func rounded(p geo.Point) geo.Point {
	return geo.Pt(math.Round(p[0]*1e4)/1e4, math.Round(p[1]*1e4)/1e4)
}

// writeOutline writes the outline of an area as a feature, to a tenth of a metre.
func writeOutline(w *bufio.Writer, a ImportedArea, f geo.Feature, more bool) error {
	out := geojson.NewFeature(orb.Round(f.Geometry, 1e6))
	out.Properties = geojson.Properties{"area": a.ID, "name": a.Name}
	text, err := out.MarshalJSON()
	if err != nil {
		return err
	}
	if more {
		text = append([]byte{','}, append([]byte{'\n'}, text...)...)
	} else {
		text = append([]byte{'\n'}, text...)
	}
	_, err = w.Write(text)
	return err
}

// WriteYAML writes the new areas as entries of a file of areas.
func (m Imported) WriteYAML(w io.Writer, from string) error {
	b := bufio.NewWriter(w)
	for _, a := range m.Areas {
		if a.Known {
			continue
		}
		fmt.Fprintf(b, "  - {id: %q, name: %q", a.ID, a.Name)
		for _, x := range [][2]string{{"name_en", a.NameEn}, {"level", a.Level}, {"parent", a.Parent}, {"valid_from", from}, {"code", a.Code}} {
			if x[1] != "" {
				fmt.Fprintf(b, ", %s: %q", x[0], x[1])
			}
		}
		fmt.Fprintf(b, ", at: [%g, %g]}\n", a.Pos[0], a.Pos[1])
	}
	return b.Flush()
}
