package chart

import (
	"bytes"
	"strings"
	"testing"
)

// What is kept is named by its sum, so one file must always give the same bytes.
func TestKeptBytes(t *testing.T) {
	in := `{"type":"FeatureCollection","features":[
{"properties":{"b":"Tam Kỳ <&>","a":1.50},"id":"a\"<b>","type":"Feature","geometry":{"type":"Point","coordinates":[108.123456789012,15,3]}},
{"type":"Feature","geometry":{"coordinates":[[-1e-9,0],[0.00000016,-89.99999999]],"type":"MultiPoint"},"properties":null},
{"type":"Feature","id":7,"properties":{},"geometry":{"type":"LineString","coordinates":[[1,2],[3.5,4]]}},
{"type":"Feature","properties":{},"geometry":{"type":"MultiLineString","coordinates":[[[1,2],[3,4]],[[5,6],[7,8]]]}},
{"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[[[108,15],[108,16],[109,16],[109,15],[108,15]],[[108.2,15.2],[108.3,15.2],[108.3,15.3],[108.2,15.2]]]}},
{"type":"Feature","properties":{},"geometry":{"type":"MultiPolygon","coordinates":[[[[108,15],[109,15],[109,16],[108,15]]],[[[110,15],[111,15],[111,16],[110,15]]]]}}]}`
	want := `{"type":"FeatureCollection","features":[
{"type":"Feature","id":"a\"<b>","geometry":{"type":"Point","coordinates":[108.1234568,15]},"properties":{"a":1.5,"b":"Tam Kỳ <&>"}},
{"type":"Feature","geometry":{"type":"MultiPoint","coordinates":[[0,0],[0.0000002,-90]]},"properties":{}},
{"type":"Feature","id":"7","geometry":{"type":"LineString","coordinates":[[1,2],[3.5,4]]},"properties":{}},
{"type":"Feature","geometry":{"type":"MultiLineString","coordinates":[[[1,2],[3,4]],[[5,6],[7,8]]]},"properties":{}},
{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[108,15],[108,16],[109,16],[109,15],[108,15]],[[108.2,15.2],[108.3,15.2],[108.3,15.3],[108.2,15.2]]]},"properties":{}},
{"type":"Feature","geometry":{"type":"MultiPolygon","coordinates":[[[[108,15],[109,15],[109,16],[108,15]]],[[[110,15],[111,15],[111,16],[110,15]]]]},"properties":{}}
]}
`
	var out bytes.Buffer
	if _, err := normalise(t.Context(), &out, strings.NewReader(in), nil); err != nil {
		t.Fatal(err)
	}
	if out.String() != want {
		t.Errorf("kept\n%s\nwant\n%s", out.String(), want)
	}
}
