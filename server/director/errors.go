package director

import "fmt"

func errNoWall(id string) error {
	return fmt.Errorf("there is no wall %q; \"wallsrv wall list\" names them", id)
}

func errNoScene(id, wall string) error {
	return fmt.Errorf("there is no scene %q for the wall %q; \"wallsrv wall show\" names them", id, wall)
}
