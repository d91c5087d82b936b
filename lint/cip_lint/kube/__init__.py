"""What Kubernetes does with an object, as pure functions of manifest and facts.

Nothing here reads a file or knows a cluster beyond the ``ClusterFacts`` it is
given. To find one's way:

A new object
    ``admission`` is the API server's answer to it: ``decoding`` (with ``schema``,
    ``schema_tables``, and the quick look of ``fitting``), then the checks of its kind,
    which collect what is refused in ``checks`` and name it as ``faults`` do:
    ``pod_checks``, ``container_checks``, ``workload_checks``, ``job_checks``,
    ``autoscaling_checks``, ``endpoint_checks``, ``ingress_checks``, ``network_checks``,
    ``route_checks``, ``webhook_checks``; of all kinds ``object_metadata`` and
    ``selector_checks``. ``workload_ordinary`` knows most workloads for good ones.
    Behind them ``pod_warnings``, ``stored`` and ``stored_pods``.

A new Service
    ``service_admission``: ``service_kind``, a ``service_draft`` with its
    ``service_addresses``, ``service_allocation`` from ``pools``, and
    ``service_validation`` with ``service_port_checks`` and
    ``service_exposure_checks``; ``service_warnings``. ``service_ordinary`` knows most
    for good ones. ``service`` is what others read of one.

A change
    ``sending`` tells the ways. ``service_clients`` brings a Service to its new
    manifest by ``strategic_merge``, ``json_patches`` or ``server_side_apply`` (with
    ``applied_fields`` and ``go_values``); ``service_update`` is the answer, with
    ``service_retention``, ``service_update_allocation`` and
    ``service_update_validation``. Others: ``workload_update``, ``allocator_objects``.

Pods
    ``workloads`` finds the pod template of each kind, ``containers`` what is in it:
    ``probes``, ``container_variables``, ``downward_fields``, ``config_maps``,
    ``expansion`` of ``$(NAME)``, scripts for a ``shell``. What the kubelet gives to
    them: ``service_variables`` and ``resolv_conf``.

Who means which Service
    ``references``, by the rows of ``reference_tables``, ``ecosystem_references`` and
    ``policy_references``, which ``reference_kinds`` explains. In texts: ``host_names`` and ``hosts``, by
    ``host_words``, ``surroundings`` and ``scheme_ports``; ``annotated_hosts``;
    ``service_names`` takes a name of the DNS apart.

Kinds and programs
    ``discovery``: the kinds of each version, ``ecosystem``: those that others bring,
    ``kinds``: what both make; ``misspelt_kinds``.
    ``add_on_services``, ``operator_services`` (with ``operator_service_names``),
    ``distributions``, ``load_balancers``, ``network_policies``.

Everywhere
    ``version``, ``facts``, ``grammar`` of names, ``addresses``, ``selectors`` (and
    ``selector_text``), ``placeholders``, ``well_known`` labels, and texts as Go writes
    them: ``go_text``, ``go_time``.
"""
