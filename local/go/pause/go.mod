module kubeflower/pause

go 1.24.0
