package field

import "iocwall/ui/typing"

// Memory keeps small values under a name for the person; page.Memory is one.
type Memory interface {
	// Get fills into and reports whether there was something that fits.
	Get(name string, into any) bool
	// Set keeps a value that JSON can hold.
	Set(name string, value any)
}

// Method is who composes: the system, or the fields by Telex or VNI.
type Method string

// Methods.
const (
	System Method = "system"
	Telex  Method = "telex"
	VNI    Method = "vni"
)

// Methods lists them as they are offered. The texts of the catalogue are
// "field.method." and the method.
func Methods() []Method { return []Method{System, Telex, VNI} }

// remembered is the name of the setting in Memory.
const remembered = "typing"

// Setting is how a person types. It holds for all fields from the moment they get the
// keyboard.
type Setting struct {
	Method Method `json:"method"`
	// English is that nothing is composed for now.
	English bool `json:"english,omitempty"`
	// Modern puts tones as the schoolbooks do (hoà).
	Modern bool `json:"modern,omitempty"`
}

// Load returns the person's setting: Telex for who never chose. A nil memory is that
// of nobody.
func Load(m Memory) Setting {
	s := Setting{Method: Telex}
	if m != nil {
		kept := s
		if m.Get(remembered, &kept) && (kept.Method == System || kept.Method == Telex || kept.Method == VNI) {
			s = kept
		}
	}
	return s
}

// Save keeps a setting for the person.
func Save(m Memory, s Setting) {
	if m != nil {
		m.Set(remembered, s)
	}
}

// style is what ui/typing needs to know of a setting.
func (s Setting) style() typing.Style {
	if s.English {
		return typing.Style{}
	}
	switch s.Method {
	case Telex:
		return typing.Style{Method: typing.Telex, Modern: s.Modern}
	case VNI:
		return typing.Style{Method: typing.VNI, Modern: s.Modern}
	}
	return typing.Style{}
}

// switched is the setting after the key that switches: who leaves the typing to the
// system gets Telex.
func (s Setting) switched() Setting {
	if s.Method == System {
		return Setting{Method: Telex, Modern: s.Modern}
	}
	s.English = !s.English
	return s
}
