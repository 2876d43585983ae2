package console

import (
	"image"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

type notices struct {
	c    *Console
	root *fyne.Container
}

func newNotices(c *Console) *notices { return &notices{c: c, root: container.NewWithoutLayout()} }

func (n *notices) rebuild()                 {}
func (n *notices) refresh(now time.Time)    {}
func (n *notices) lay()                     {}
func (n *notices) take()                    {}
func (n *notices) open()                    {}
func (n *notices) tell(text string)         {}
func (n *notices) boxes() []image.Rectangle { return nil }
