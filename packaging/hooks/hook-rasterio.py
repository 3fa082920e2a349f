"""How PyInstaller collects rasterio: its compiled modules import each other unseen, and GDAL and PROJ need their data.

The command-line part (rasterio.rio) is left to the analysis: rasterio.features imports rasterio.rio.helpers.
"""

from PyInstaller.utils.hooks import collect_data_files, collect_submodules

hiddenimports = collect_submodules("rasterio", filter=lambda name: not name.startswith("rasterio.rio"))
datas = collect_data_files("rasterio", includes=["gdal_data/**", "proj_data/**"])
