package page

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// scheme begins every link.
const scheme = "iocwall"

// Link names one thing that a page can show. People hand links to each other:
// iocwall://alert/CB-0412.
type Link struct {
	// Kind is one of the state's kinds ("alert", "camera", "vessel", …) or "page";
	// ID is the thing's id in it, whatever letters it has.
	Kind, ID string
}

// String is the link as text, safe in a mail or a chat.
func (l Link) String() string {
	return scheme + "://" + l.Kind + "/" + url.PathEscape(l.ID)
}

// ParseLink reads what String writes, spaces around it apart. The error says what
// a link looks like.
func ParseLink(s string) (Link, error) {
	wrong := func(why string) error {
		return fmt.Errorf("%q is no link (%s): a link looks like %s://alert/CB-0412", short(s), why, scheme)
	}
	rest, ok := strings.CutPrefix(strings.TrimSpace(s), scheme+"://")
	if !ok {
		return Link{}, wrong("it does not begin with " + scheme + "://")
	}
	kind, id, ok := strings.Cut(rest, "/")
	if !ok || kind == "" || id == "" {
		return Link{}, wrong("it names no thing")
	}
	if strings.ContainsFunc(kind, func(r rune) bool { return r < 'a' || r > 'z' }) {
		return Link{}, wrong("its kind has other letters than a to z")
	}
	id, err := url.PathUnescape(id)
	if err != nil {
		return Link{}, wrong("a % in it stands alone")
	}
	if len(id) > 256 || strings.ContainsFunc(id, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return Link{}, wrong("its name is too long or not text")
	}
	return Link{Kind: kind, ID: id}, nil
}

func short(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}

// May reports whether the person has all of the rights.
func (p Person) May(rights ...string) bool {
	return !slices.ContainsFunc(rights, func(r string) bool { return !slices.Contains(p.Rights, r) })
}

// Offers reports whether the person is offered pages of the kind.
func (k Kind) Offers(p Person) bool {
	return p.May(k.Rights...) && (len(k.Roles) == 0 || slices.Contains(k.Roles, p.Role))
}
