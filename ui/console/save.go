package console

func (c *Console) save(name string, content func() ([]byte, error)) {}
