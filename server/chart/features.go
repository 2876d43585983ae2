package chart

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"iocwall/geo"
	"iocwall/server/area"
	"iocwall/server/world"
)

// rejectedShown bounds the rejected features that are told of one by one.
const rejectedShown = 20

// longestReason bounds what is said of one, in bytes.
const longestReason = 400

// Rejection says why one feature of a file was left out.
type Rejection struct {
	// Index is its place in the file, from 0.
	Index int    `json:"index"`
	Error string `json:"error"`
	// Say and Values say the same in any language, see world.Say; empty where the
	// reason has no code.
	Say    string            `json:"say,omitempty"`
	Values map[string]string `json:"values,omitempty"`
	// why is the same for this program.
	why error
}

// Reading is what was read of a file of features.
type Reading struct {
	// SHA256 and Bytes are those of what is kept, not of what came in.
	SHA256 string
	Bytes  int64
	// Features were kept, Rejected left out.
	Features, Rejected int
	// First are the first of those left out, at most twenty.
	First []Rejection
}

func (r *Reading) reject(index int, err error) {
	if r.Rejected++; len(r.First) < rejectedShown {
		text := err.Error()
		if len(text) > longestReason { // what is wrong may be what the file says
			text = strings.ToValidUTF8(text[:longestReason], "") + "…"
		}
		x := Rejection{Index: index, Error: text, why: area.Misdrawn(err)}
		x.Say, x.Values = world.Say(x.why)
		r.First = append(r.First, x)
	}
}

// keep reads GeoJSON from in feature by feature, and stores what is good of it in
// one form: a feature a line, coordinates to a ten-millionth of a degree,
// properties as they were. fit may refuse features, too; nil takes all. A file
// that breaks off, or holds nothing that is good, is an error and leaves nothing.
func (c *Charts) keep(ctx context.Context, in io.Reader, fit func(geo.Feature) error) (Reading, error) {
	var out Reading
	var broken error
	sum, err := c.store.Keep(ctx, func(w io.Writer) error {
		b := bufio.NewWriterSize(w, 64<<10)
		out, broken = normalise(ctx, b, in, fit)
		return errors.Join(broken, b.Flush())
	})
	out.SHA256 = sum
	switch {
	case broken != nil:
		return out, broken
	case err != nil:
		return out, err
	}
	return out, nil
}

// normalise writes the good features of in to w.
func normalise(ctx context.Context, w io.Writer, in io.Reader, fit func(geo.Feature) error) (Reading, error) {
	var out Reading
	var failed error
	var buf []byte
	put := func(b []byte) bool {
		n, err := w.Write(b)
		out.Bytes += int64(n)
		failed = errors.Join(failed, err)
		return err == nil
	}
	if !put([]byte(`{"type":"FeatureCollection","features":[`)) {
		return out, failed
	}
	err := geo.EachFeature(in, func(f geo.Feature, why *geo.FeatureError) bool {
		if ctx.Err() != nil {
			failed = context.Cause(ctx)
			return false
		}
		if why != nil {
			out.reject(why.Index, why.Err)
			return true
		}
		if fit != nil {
			if err := fit(f); err != nil {
				out.reject(f.Index, err)
				return true
			}
		}
		buf = buf[:0]
		if out.Features > 0 {
			buf = append(buf, ',')
		}
		line, err := appendFeature(append(buf, '\n'), f, appendDegrees)
		if err != nil {
			out.reject(f.Index, err)
			return true
		}
		buf = line
		out.Features++
		return put(buf)
	})
	switch {
	case failed != nil:
		return out, failed
	case err != nil:
		return out, refuse("file.cut", "the file cannot be read to its end: {why}", "why", area.Misdrawn(err))
	case out.Features == 0 && out.Rejected > 0:
		return out, refuse("file.useless", "none of the {n} features can be used; feature {feature}: {why}", "n", out.Rejected, "feature", out.First[0].Index, "why", out.First[0].why)
	case out.Features == 0:
		return out, refuse("file.empty", "the file holds no features")
	}
	put([]byte("\n]}\n"))
	return out, failed
}

// appendFeature writes one feature, its coordinates by number as
// geo.AppendGeometry does.
func appendFeature(b []byte, f geo.Feature, number func([]byte, float64) []byte) ([]byte, error) {
	b = append(b, `{"type":"Feature"`...)
	if f.ID != "" {
		id, err := plain(f.ID)
		if err != nil {
			return b, err
		}
		b = append(append(b, `,"id":`...), id...)
	}
	b = append(b, `,"geometry":`...)
	b, err := geo.AppendGeometry(b, f.Geometry, number)
	if err != nil {
		return b, err
	}
	b = append(b, `,"properties":`...)
	if len(f.Properties) == 0 {
		return append(b, "{}}"...), nil
	}
	props, err := plain(f.Properties)
	if err != nil {
		return b, fmt.Errorf("its properties cannot be kept: %w", err)
	}
	return append(append(b, props...), '}'), nil
}

// plain is JSON without the escapes that only web pages need.
func plain(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

// appendDegrees writes an angle to a ten-millionth of a degree, a centimetre.
func appendDegrees(b []byte, v float64) []byte {
	v = math.Round(v*1e7) / 1e7
	if v == 0 {
		v = 0 // not -0
	}
	return strconv.AppendFloat(b, v, 'f', -1, 64)
}
