from cip_lint.kube.plain_fitting import fits as fits
