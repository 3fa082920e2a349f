"""How PyInstaller collects torch: all modules, and of the rest only what runs.

Instead of the contributed hook, which takes torch/test, torch/include and the test programs of torch/bin along (200 MB)
and looks at the dependencies of each.
"""

from PyInstaller.utils.hooks import PY_DYLIB_PATTERNS, collect_data_files, collect_dynamic_libs, collect_submodules

# With sources: torch.jit.script and torch.compile read them. All modules: torch._dynamo.polyfills are imported by name.
module_collection_mode = "pyz+py"
warn_on_missing_hiddenimports = False
_UNUSED = ("torch.testing._internal", "torch.utils.tensorboard", "torch.utils.benchmark", "torch.utils.bottleneck")

hiddenimports = collect_submodules("torch", filter=lambda name: not name.startswith(_UNUSED), on_error="ignore")
datas = collect_data_files(
    "torch",
    excludes=[
        "bin/**",
        "include/**",
        "share/**",
        "test/**",
        "lib/**",
        "testing/**",
        "**/*.h",
        "**/*.hpp",
        "**/*.cpp",
        "**/*.pyi",
        "**/*.cmake",
    ],
)
binaries = [
    (source, target)
    for source, target in collect_dynamic_libs("torch", search_patterns=[*PY_DYLIB_PATTERNS, "*.so.*"])
    if not target.replace("\\", "/").startswith(("torch/test", "torch/bin"))
]
# torch shares tensors between processes through this program; without it `import torch.multiprocessing` users fail.
datas += collect_data_files("torch", includes=["bin/torch_shm_manager"])
# Links to torch/lib at the top of the bundle mislead torch about where its libraries lie.
bindepend_symlink_suppression = ["**/torch/lib/*.so*"]
