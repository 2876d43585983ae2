package expr

import "iocwall/server/world"

func isInside(s world.FenceStay) bool { return s.State == world.FenceInside }

// isNear holds for what is inside, too.
func isNear(s world.FenceStay) bool { return s.State == world.FenceNear || isInside(s) }

// atFence makes the function that asks for one fence.
func atFence(holds func(world.FenceStay) bool) func(...any) (any, error) {
	return func(args ...any) (any, error) {
		id, ok1 := args[0].(string)
		v, ok2 := args[1].(world.Vessel)
		if !ok1 || !ok2 {
			return false, nil
		}
		for _, s := range v.Fences {
			if s.Fence == id {
				return holds(s), nil
			}
		}
		return false, nil
	}
}

// atAnyFence makes the function that asks for the fences of a purpose.
func atAnyFence(holds func(world.FenceStay) bool) func(...any) (any, error) {
	return func(args ...any) (any, error) {
		purpose, ok1 := args[0].(string)
		v, ok2 := args[1].(world.Vessel)
		st, ok3 := args[2].(*world.State)
		if !ok1 || !ok2 || !ok3 {
			return false, nil
		}
		for _, s := range v.Fences {
			if !holds(s) {
				continue
			}
			if f, there := st.Fence(s.Fence); there && (purpose == "" || f.Is.Purpose == purpose) {
				return true, nil
			}
		}
		return false, nil
	}
}

// lastStay returns the stay inside that began last, the zero value for none.
func lastStay(v world.Vessel) (last world.FenceStay) {
	for _, s := range v.Fences {
		if isInside(s) && (last.Fence == "" || s.Since > last.Since) {
			last = s
		}
	}
	return last
}

func lastFence(v world.Vessel) string { return lastStay(v).Fence }

func fenceName(st *world.State, e world.Entity) any {
	v, _ := e.(world.Vessel)
	id := lastFence(v)
	if f, there := st.Fence(id); there {
		return f.Is.Name
	}
	return id
}
