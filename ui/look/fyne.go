package look

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"iocwall/assets"
)

// fyneTheme gives the toolkit's own widgets the product's tokens. The toolkit's
// light and dark variants are not used: the look is chosen, not the desktop's.
type fyneTheme struct {
	regular, bold fyne.Resource
	colors        map[fyne.ThemeColorName]color.RGBA
	text          float32
}

// TextSizes are the sizes of text that people may choose at a desk, as ratios.
func TextSizes() []float64 { return []float64{1, 1.25, 1.5} }

// Toolkit returns a theme of the tokens for the toolkit's own widgets.
func Toolkit(t Theme) fyne.Theme { return ToolkitAt(t, 1) }

// ToolkitAt is Toolkit with text and what holds it larger by a ratio, 1 to 1.5;
// what is out of that counts as the nearest.
func ToolkitAt(t Theme, text float64) fyne.Theme {
	field := t.S1
	if t.Name == "dark" {
		field = t.Bg
	}
	clear := color.RGBA{}
	// The toolkit lays this under the words of what has the focus.
	focus := faded(t.Focus, 0.4)
	return &fyneTheme{
		text:    float32(min(max(text, 1), 1.5)),
		regular: fyne.NewStaticResource("NotoSans-Regular.ttf", assets.Regular()),
		bold:    fyne.NewStaticResource("NotoSans-Bold.ttf", assets.Bold()),
		colors: map[fyne.ThemeColorName]color.RGBA{
			theme.ColorNameBackground: t.Bg, theme.ColorNameForeground: t.T1,
			theme.ColorNameButton: t.S2, theme.ColorNameHeaderBackground: t.S2,
			theme.ColorNameHover: t.S3, theme.ColorNamePressed: t.S3, theme.ColorNameSelection: t.S3,
			theme.ColorNameSeparator: t.Line1, theme.ColorNameInputBorder: t.Line2,
			theme.ColorNameInputBackground: field, theme.ColorNameMenuBackground: t.S2,
			theme.ColorNameOverlayBackground: t.S2, theme.ColorNamePlaceHolder: t.T2,
			theme.ColorNameDisabled: t.T3, theme.ColorNameDisabledButton: t.S2,
			theme.ColorNamePrimary: t.Focus, theme.ColorNameFocus: focus,
			theme.ColorNameForegroundOnPrimary: t.OnFill, theme.ColorNameHyperlink: t.Focus,
			theme.ColorNameError: t.Critical, theme.ColorNameForegroundOnError: t.White,
			theme.ColorNameWarning: t.Warning, theme.ColorNameForegroundOnWarning: t.Ink,
			theme.ColorNameSuccess: t.Done, theme.ColorNameForegroundOnSuccess: t.OnFill,
			theme.ColorNameScrollBar: t.Line2, theme.ColorNameScrollBarBackground: clear,
			theme.ColorNameShadow: {A: 0xA0},
		},
	}
}

// faded is a part of a colour, over what lies beneath.
func faded(c color.RGBA, part float64) color.RGBA {
	of := func(v uint8) uint8 { return uint8(float64(v)*part + 0.5) }
	return color.RGBA{of(c.R), of(c.G), of(c.B), of(c.A)}
}

// Color is for Fyne.
func (f *fyneTheme) Color(n fyne.ThemeColorName, _ fyne.ThemeVariant) color.Color {
	if c, ok := f.colors[n]; ok {
		return c
	}
	return theme.DefaultTheme().Color(n, theme.VariantDark)
}

// Font is for Fyne: Noto Sans Regular and Bold, no other weight, no italics.
func (f *fyneTheme) Font(s fyne.TextStyle) fyne.Resource {
	if s.Bold {
		return f.bold
	}
	return f.regular
}

// Icon is for Fyne.
func (f *fyneTheme) Icon(n fyne.ThemeIconName) fyne.Resource { return theme.DefaultTheme().Icon(n) }

// Size is for Fyne: desk sizes of the design.
func (f *fyneTheme) Size(n fyne.ThemeSizeName) float32 {
	switch n {
	case theme.SizeNameText:
		return 16 * f.text
	case theme.SizeNameCaptionText:
		return 14 * f.text
	case theme.SizeNameHeadingText:
		return 20 * f.text
	case theme.SizeNameSubHeadingText:
		return 16 * f.text
	case theme.SizeNameInlineIcon:
		return 20 * f.text
	case theme.SizeNameInputRadius, theme.SizeNameSelectionRadius:
		return 6
	case theme.SizeNameInputBorder, theme.SizeNameSeparatorThickness:
		return 1
	case theme.SizeNamePadding:
		return 4 * f.text
	case theme.SizeNameInnerPadding:
		return 8 * f.text
	}
	return theme.DefaultTheme().Size(n)
}
