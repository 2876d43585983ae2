package onvif

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Namespaces. Cameras name their prefixes as they like; only these count.
const (
	nsSOAP   = "http://www.w3.org/2003/05/soap-envelope"
	nsSOAP11 = "http://schemas.xmlsoap.org/soap/envelope/"
	nsSchema = "http://www.onvif.org/ver10/schema"
	nsDevice = "http://www.onvif.org/ver10/device/wsdl"
	nsMedia  = "http://www.onvif.org/ver10/media/wsdl"
	nsMedia2 = "http://www.onvif.org/ver20/media/wsdl"
	nsPTZ    = "http://www.onvif.org/ver20/ptz/wsdl"
	nsNet    = "http://www.onvif.org/ver10/network/wsdl"
	nsWSA    = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
	nsWSD    = "http://schemas.xmlsoap.org/ws/2005/04/discovery"
	nsWSSE   = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
	nsWSU    = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
)

// Limits of a reply. A recorder with 64 channels fills about a quarter of them.
const (
	maxBody     = 2 << 20 // bytes
	maxElements = 50_000
	maxDepth    = 48
)

// element is one node of a reply. Methods may be called on nil, which is an element that is not there.
type element struct {
	space, name string
	attrs       []xml.Attr
	text        string
	kids        []*element
}

var (
	errDoctype = errors.New("the reply declares a document type, which is refused")
	errTooMuch = errors.New("the reply has too many or too deeply nested elements")
)

// parse reads a document. Entities other than the five of XML do not exist, and neither do document types.
func parse(body []byte) (*element, error) {
	// Names of cameras come in broken UTF-8 from some models; the rest of the reply is still good.
	d := xml.NewDecoder(bytes.NewReader(bytes.ToValidUTF8(body, []byte("?"))))
	d.CharsetReader = charset
	var stack []*element
	var texts [][]byte // of the elements in stack; grown in place, since a text may come in any number of pieces
	var root *element
	for count := 0; ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) && root != nil && len(stack) == 0 {
			return root, nil
		}
		if err != nil {
			return nil, fmt.Errorf("no XML: %w", err)
		}
		switch t := token.(type) {
		case xml.Directive:
			return nil, errDoctype
		case xml.StartElement:
			if count++; count > maxElements || len(stack) >= maxDepth {
				return nil, errTooMuch
			}
			e := &element{space: t.Name.Space, name: t.Name.Local, attrs: t.Attr}
			switch {
			case len(stack) > 0:
				top := stack[len(stack)-1]
				top.kids = append(top.kids, e)
			case root != nil:
				return nil, errors.New("no XML: more than one root")
			default:
				root = e
			}
			stack, texts = append(stack, e), append(texts, nil)
		case xml.EndElement:
			top := len(stack) - 1
			if len(stack[top].kids) == 0 {
				stack[top].text = string(bytes.TrimSpace(texts[top]))
			}
			stack, texts = stack[:top], texts[:top]
		case xml.CharData:
			// Text between the elements of a parent is layout.
			if top := len(stack) - 1; top >= 0 && len(stack[top].kids) == 0 {
				texts[top] = append(texts[top], t...)
			}
		}
	}
}

// charset reads the encodings that old firmware declares although it writes ASCII.
func charset(name string, in io.Reader) (io.Reader, error) {
	switch strings.ToLower(name) {
	case "us-ascii", "ascii", "iso-8859-1", "latin1", "windows-1252":
		return in, nil
	}
	return nil, fmt.Errorf("the encoding %q is not supported", clean(name, 20))
}

// child returns the first child of that name.
func (e *element) child(space, name string) *element {
	if e == nil {
		return nil
	}
	for _, k := range e.kids {
		if k.name == name && k.space == space {
			return k
		}
	}
	return nil
}

// at follows a path of children within one namespace.
func (e *element) at(space string, path ...string) *element {
	for _, name := range path {
		e = e.child(space, name)
	}
	return e
}

// all returns the children of that name.
func (e *element) all(space, name string) []*element {
	if e == nil {
		return nil
	}
	var out []*element
	for _, k := range e.kids {
		if k.name == name && k.space == space {
			out = append(out, k)
		}
	}
	return out
}

// string returns the text of the child at the path, bounded and cleaned.
func (e *element) string(space string, path ...string) string {
	k := e.at(space, path...)
	if k == nil {
		return ""
	}
	return clean(k.text, 256)
}

// number returns the child at the path as a number; ok is false if there is none.
func (e *element) number(space string, path ...string) (v float64, ok bool) {
	k := e.at(space, path...)
	if k == nil || len(k.text) > 64 {
		return 0, false
	}
	v, err := strconv.ParseFloat(k.text, 64)
	return v, err == nil && v-v == 0
}

// count returns the child at the path as a whole number from 0 to limit, 0 if there is none.
func (e *element) count(limit int, space string, path ...string) int {
	v, ok := e.number(space, path...)
	if !ok || v < 0 || v > float64(limit) {
		return 0
	}
	return int(v)
}

// attr returns an attribute that has no namespace.
func (e *element) attr(name string) string {
	if e == nil {
		return ""
	}
	for _, a := range e.attrs {
		if a.Name.Local == name && a.Name.Space == "" {
			return a.Value
		}
	}
	return ""
}

// escape makes text fit for XML.
func escape(s string) string {
	var b strings.Builder
	xml.EscapeText(&b, []byte(s)) //nolint:errcheck // a builder takes everything
	return b.String()
}

// value returns the text of an element as it stands.
func (e *element) value() string {
	if e == nil {
		return ""
	}
	return e.text
}
