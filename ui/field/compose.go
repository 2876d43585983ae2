package field

import (
	"unicode"

	"iocwall/ui/typing"
)

// composer follows the word at the cursor.
type composer struct {
	style typing.Style
	word  typing.Word
	at    int    // where the word begins, in letters of the text
	shown string // the word as it stands in the text
}

// edit is what is to be done to a text before the cursor: erase so many letters, then
// write.
type edit struct {
	erase int
	write string
}

// key says what a typed letter does to the text before the cursor. Foreign reports a
// letter with a mark that was not composed here.
func (c *composer) key(before string, r rune) (e edit, foreign bool) {
	if c.style.Method == typing.Off {
		return edit{write: string(r)}, false
	}
	if r > unicode.MaxASCII && unicode.IsLetter(r) {
		c.drop()
		return edit{write: string(r)}, true
	}
	c.follow(before)
	if c.word.Empty() {
		stem, tail := last(before)
		if typing.Plain(stem) || !c.style.Joins(typing.Resume(tail), r) {
			return edit{write: string(r)}, false
		}
		c.at, c.word, c.shown = len([]rune(stem)), typing.Resume(tail), tail
	}
	if !c.style.Joins(c.word, r) {
		e = c.turn(c.style.End(c.word))
		e.write += string(r)
		c.drop()
		return e, false
	}
	c.word = c.style.Compose(c.word, r)
	return c.turn(c.style.Text(c.word)), false
}

// back says what the key that erases a letter does; false leaves it to the field.
func (c *composer) back(before string) (edit, bool) {
	c.follow(before)
	if c.word.Empty() {
		return edit{}, false
	}
	c.word = c.style.Back(c.word)
	e := c.turn(c.style.Text(c.word))
	if c.word.Empty() {
		c.drop()
	}
	return e, true
}

// end says what becomes of the word that is over.
func (c *composer) end(before string) edit {
	c.follow(before)
	if c.word.Empty() {
		return edit{}
	}
	e := c.turn(c.style.End(c.word))
	c.drop()
	return e
}

// follow forgets the word when the cursor is elsewhere or the text another.
func (c *composer) follow(before string) {
	rs := []rune(before)
	if c.word.Empty() || c.at > len(rs) || string(rs[c.at:]) != c.shown {
		c.drop()
	}
}

func (c *composer) drop() { c.word, c.shown, c.at = typing.Word{}, "", 0 }

// turn is how the shown word becomes another.
func (c *composer) turn(text string) edit {
	was, is := []rune(c.shown), []rune(text)
	same := 0
	for same < len(was) && same < len(is) && was[same] == is[same] {
		same++
	}
	c.shown = text
	return edit{erase: len(was) - same, write: string(is[same:])}
}

// last cuts the letters at the end off a text.
func last(before string) (stem, word string) {
	rs := []rune(before)
	i := len(rs)
	for i > 0 && (unicode.IsLetter(rs[i-1]) || unicode.Is(unicode.Mn, rs[i-1])) {
		i--
	}
	return string(rs[:i]), string(rs[i:])
}
