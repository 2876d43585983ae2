//go:build gles

package main

import (
	"fmt"

	"github.com/go-gl/gl/v3.1/gles2"
	"github.com/go-gl/glfw/v3.4/glfw"
)

// renderer asks the display who would draw a window: a graphics card, or the
// processor. It opens a window that is never shown; on the main goroutine, before
// the toolkit opens its own.
func renderer() (string, error) {
	if err := glfw.Init(); err != nil {
		return "", fmt.Errorf("ask the display what draws: %w", err)
	}
	glfw.DefaultWindowHints()
	glfw.WindowHint(glfw.Visible, glfw.False)
	glfw.WindowHint(glfw.ClientAPI, glfw.OpenGLESAPI)
	glfw.WindowHint(glfw.ContextVersionMajor, 2)
	defer glfw.DefaultWindowHints()
	w, err := glfw.CreateWindow(16, 16, "", nil, nil)
	if err != nil {
		return "", fmt.Errorf("ask the display what draws: %w", err)
	}
	defer w.Destroy()
	w.MakeContextCurrent()
	defer glfw.DetachCurrentContext()
	if err := gles2.Init(); err != nil {
		return "", fmt.Errorf("ask the display what draws: %w", err)
	}
	return gles2.GoStr(gles2.GetString(gles2.RENDERER)), nil
}
