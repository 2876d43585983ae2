//go:build !gles

package main

import "errors"

// renderer is known where the toolkit draws by OpenGL ES.
func renderer() (string, error) {
	return "", errors.New("built without the tag gles, so it is not known what draws")
}
