package assets

import _ "embed"

//go:embed fonts/NotoSans-Regular.ttf
var notoRegular []byte

//go:embed fonts/NotoSans-Bold.ttf
var notoBold []byte

// Regular returns Noto Sans Regular as a TrueType file. The bytes are shared
// and must not be changed.
func Regular() []byte { return notoRegular }

// Bold returns Noto Sans Bold as a TrueType file. The bytes are shared and
// must not be changed.
func Bold() []byte { return notoBold }
